// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.worker.WorkerContext;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What the connection manager does to every response's headers (1.9). */
final class ResponseMutations {
    private static final long HOP_BY_HOP =
            KnownHeader.bit(KnownHeader.TRANSFER_ENCODING)
                    | KnownHeader.bit(KnownHeader.KEEP_ALIVE)
                    | KnownHeader.bit(KnownHeader.PROXY_CONNECTION);
    private static final long CONNECTION =
            KnownHeader.bit(KnownHeader.CONNECTION) | KnownHeader.bit(KnownHeader.UPGRADE);
    private static final byte[] UPGRADE = Ascii.bytes("upgrade");
    private static final byte[] COMMA_BLANK = {',', ' '};

    private ResponseMutations() {}

    /** Before the route's edits: what came from the upstream's connection goes. */
    static void strip(ResponseHead head, RequestHead request) {
        strip(head, request, HOP_BY_HOP);
    }

    /** The same of an answer that is no handshake: Envoy leaves it this one (observed). */
    static void stripRefusal(ResponseHead head, RequestHead request) {
        strip(head, request, HOP_BY_HOP & ~KnownHeader.bit(KnownHeader.KEEP_ALIVE));
    }

    private static void strip(ResponseHead head, RequestHead request, long hopByHop) {
        HeaderBlock headers = head.headers();
        if (!request.isUpgrade() || !isUpgrade(headers)) {
            headers.removeAll(hopByHop | CONNECTION);
            return;
        }
        headers.removeAll(hopByHop);
        if (head.status() == 101) {
            headers.remove(KnownHeader.CONTENT_LENGTH);
        } else if (!headers.has(KnownHeader.CONTENT_LENGTH)) {
            headers.add(KnownHeader.CONTENT_LENGTH, 0);
        }
    }

    /** Whether the head speaks of an upgrade, with both headers. */
    static boolean isUpgrade(HeaderBlock headers) {
        int connection = headers.find(KnownHeader.CONNECTION);
        return connection >= 0
                && headers.has(KnownHeader.UPGRADE)
                && Ascii.listContains(
                        headers.data(),
                        headers.valueOffset(connection),
                        headers.valueLength(connection),
                        UPGRADE);
    }

    /** Tells the client the request's id where that is asked for (Q3). */
    static void requestId(
            ResponseHead head, RequestHead request, HttpConnectionManager.Settings settings) {
        int id =
                settings.config.alwaysSetRequestIdInResponse()
                        ? request.headers().find(KnownHeader.X_REQUEST_ID)
                        : -1;
        if (id >= 0) {
            HeaderBlock headers = head.headers();
            byte[] data = request.headers().data();
            int from = request.headers().valueOffset(id);
            int length = request.headers().valueLength(id);
            if (headers.has(KnownHeader.X_REQUEST_ID)) {
                // In the place of the upstream's.
                headers.set(
                        KnownHeader.X_REQUEST_ID, Arrays.copyOfRange(data, from, from + length));
            } else {
                headers.add(KnownHeader.X_REQUEST_ID, data, from, length);
            }
        }
    }

    static void apply(
            ResponseHead head,
            @Nullable RequestHead request,
            HttpConnectionManager.Settings settings,
            WorkerContext worker) {
        HeaderBlock headers = head.headers();
        if (!headers.has(KnownHeader.DATE)) {
            headers.add(KnownHeader.DATE, worker.date());
        }
        if (settings.overwriteServer
                || (!settings.passServer && !headers.has(KnownHeader.SERVER))) {
            headers.set(KnownHeader.SERVER, settings.serverName);
        }
        if (request != null) {
            requestId(head, request, settings);
        }
        if (settings.via.length > 0) {
            int via = headers.find(KnownHeader.VIA);
            if (via < 0) {
                headers.add(KnownHeader.VIA, settings.via);
            } else {
                headers.join(via, COMMA_BLANK, settings.via);
            }
        }
    }
}
