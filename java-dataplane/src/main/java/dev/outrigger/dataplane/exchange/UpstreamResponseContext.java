// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.accesslog.MetadataKind;
import dev.outrigger.dataplane.config.Metadata;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.StreamInfo;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an exchange while a response passes the filters of its upstream: the response is
 * there, but not the exchange's yet. Immutable.
 */
record UpstreamResponseContext(Exchange exchange, ResponseHead response) implements FormatContext {
    @Override
    public @Nullable RequestHead request() {
        return exchange.request();
    }

    @Override
    public StreamInfo info() {
        return exchange.info();
    }

    @Override
    public @Nullable Metadata metadata(MetadataKind kind) {
        return exchange.metadata(kind);
    }

    @Override
    public String uniqueId() {
        return exchange.uniqueId();
    }
}
