// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.filter.LocalReply;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.route.PerFilterConfigs;
import dev.outrigger.dataplane.telemetry.StatsShard;
import org.jspecify.annotations.Nullable;

/**
 * How far an attempt's request has come through its {@link UpstreamFilters}: a buffer among them
 * holds it back until it is complete, while the attempt has taken its connection already. Reused;
 * confined to its event loop.
 */
final class FilteredRequest {
    private static final LocalReply TOO_LARGE =
            LocalReply.of(413, "Payload Too Large", "request_payload_too_large");

    private final StatsShard shard;
    private final FormatContext context;
    private UpstreamFilters filters = UpstreamFilters.NONE;
    private PerFilterConfigs routes = PerFilterConfigs.NONE;
    private @Nullable RequestHead head;
    private int next;
    private boolean hasBody;
    private boolean held;
    private long limit;

    /** Whether a part of the body came that was not its end: only then is the limit strict. */
    private boolean inParts;

    private boolean exceeded;

    FilteredRequest(StatsShard shard, FormatContext context) {
        this.shard = shard;
        this.context = context;
    }

    /** Begins an exchange; no attempt is made before {@link #start}. */
    void begin(UpstreamFilters of) {
        filters = of;
        held = false;
    }

    /** Whether nothing of it goes upstream before all of it is there. */
    boolean isHeld() {
        return held;
    }

    /**
     * An attempt begins: its head meets the filters.
     *
     * @param withBody whether it does not end with the head
     * @return what the client is answered in the upstream's place; {@code null} for nothing
     */
    @Nullable LocalReply start(RequestHead request, PerFilterConfigs levels, boolean withBody) {
        head = request;
        routes = levels;
        hasBody = withBody;
        next = 0;
        held = false;
        inParts = false;
        exceeded = false;
        return goOn(0);
    }

    /**
     * More of the body is there, for a request that is held.
     *
     * @param bytes all of it so far
     * @param last whether it ends with data, and with this
     * @param complete whether it has ended
     * @return what the client is answered in the upstream's place; {@code null} for nothing
     */
    @Nullable LocalReply onBody(long bytes, boolean last, boolean complete) {
        inParts |= !last;
        exceeded = bytes > limit;
        if (exceeded && inParts) {
            return TOO_LARGE;
        }
        LocalReply refusal = null;
        while (complete && held && refusal == null) {
            held = false;
            tellLength(bytes);
            refusal = goOn(bytes);
        }
        return refusal;
    }

    /** Whether it passed though it was too long: then Envoy stops reading, in vain. */
    boolean hasExceeded() {
        return exceeded;
    }

    private RequestHead head() {
        if (head == null) {
            throw new IllegalStateException("no attempt has begun");
        }
        return head;
    }

    private @Nullable LocalReply goOn(long bytes) {
        while (next < filters.size()) {
            int index = next++;
            if (filters.isDisabled(index, routes)) {
                continue;
            }
            long most = hasBody ? filters.holdLimit(index, routes) : -1;
            if (most >= 0) {
                held = true;
                limit = most;
                exceeded |= bytes > limit;
                // The new limit is for what another has held before, too.
                return exceeded && inParts ? TOO_LARGE : null;
            }
            LocalReply refusal = filters.applyToRequest(index, head(), context, routes, shard);
            if (refusal != null) {
                return refusal;
            }
        }
        return null;
    }

    private void tellLength(long bytes) {
        if (!head().headers().has(KnownHeader.CONTENT_LENGTH)) {
            head().headers().set(KnownHeader.CONTENT_LENGTH, bytes);
        }
    }
}
