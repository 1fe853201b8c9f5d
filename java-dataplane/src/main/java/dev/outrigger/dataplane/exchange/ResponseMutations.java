// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.worker.WorkerContext;
import org.jspecify.annotations.Nullable;

/** What the connection manager does to every response's headers (1.9). */
final class ResponseMutations {
    private static final long HOP_BY_HOP =
            KnownHeader.bit(KnownHeader.TRANSFER_ENCODING)
                    | KnownHeader.bit(KnownHeader.KEEP_ALIVE)
                    | KnownHeader.bit(KnownHeader.PROXY_CONNECTION)
                    | KnownHeader.bit(KnownHeader.CONNECTION)
                    | KnownHeader.bit(KnownHeader.UPGRADE);
    private static final byte[] COMMA_BLANK = {',', ' '};

    private ResponseMutations() {}

    /** Before the route's edits: what came from the upstream's connection goes. */
    static void strip(ResponseHead head) {
        head.headers().removeAll(HOP_BY_HOP);
    }

    static void apply(
            ResponseHead head,
            @Nullable RequestHead request,
            HttpConnectionManager.Settings settings,
            WorkerContext worker) {
        HeaderBlock headers = head.headers();
        if (request != null && settings.config.alwaysSetRequestIdInResponse()) {
            int id = request.headers().find(KnownHeader.X_REQUEST_ID);
            if (id >= 0) {
                headers.remove(KnownHeader.X_REQUEST_ID);
                headers.add(
                        KnownHeader.X_REQUEST_ID,
                        request.headers().data(),
                        request.headers().valueOffset(id),
                        request.headers().valueLength(id));
            }
        }
        if (settings.via.length > 0) {
            int via = headers.find(KnownHeader.VIA);
            if (via < 0) {
                headers.add(KnownHeader.VIA, settings.via);
            } else {
                headers.join(via, COMMA_BLANK, settings.via);
            }
        }
        if (!headers.has(KnownHeader.DATE)) {
            headers.add(KnownHeader.DATE, worker.date());
        }
        if (settings.overwriteServer
                || (!settings.passServer && !headers.has(KnownHeader.SERVER))) {
            headers.set(KnownHeader.SERVER, settings.serverName);
        }
    }
}
