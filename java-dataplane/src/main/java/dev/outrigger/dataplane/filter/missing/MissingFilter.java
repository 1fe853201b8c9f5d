// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.missing;

import dev.outrigger.dataplane.filter.FilterCallbacks;
import dev.outrigger.dataplane.filter.HttpFilter;
import dev.outrigger.dataplane.filter.LocalReply;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseFlag;

/** Answers 500, as Envoy does in the place of a filter without configuration. */
final class MissingFilter implements HttpFilter {
    private static final LocalReply REPLY = LocalReply.of(500, "", "");

    private final FilterCallbacks callbacks;

    MissingFilter(FilterCallbacks callbacks) {
        this.callbacks = callbacks;
    }

    @Override
    public HeadersStatus decodeHeaders(RequestHead head, boolean endStream) {
        callbacks.streamInfo().setFlag(ResponseFlag.NO_FILTER_CONFIG_FOUND);
        callbacks.sendLocalReply(REPLY);
        return HeadersStatus.STOP_ITERATION;
    }
}
