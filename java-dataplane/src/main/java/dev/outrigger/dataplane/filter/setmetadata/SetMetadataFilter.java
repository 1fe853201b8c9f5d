// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.setmetadata;

import dev.outrigger.dataplane.filter.FilterCallbacks;
import dev.outrigger.dataplane.filter.HttpFilter;
import dev.outrigger.dataplane.message.DynamicMetadata;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import java.util.List;

/** Puts fixed values into every request's dynamic metadata. */
final class SetMetadataFilter implements HttpFilter {
    private final FilterCallbacks callbacks;
    private final List<SetMetadataConfig.Entry> entries;
    private final Counter overwriteDenied;

    SetMetadataFilter(
            FilterCallbacks callbacks,
            List<SetMetadataConfig.Entry> entries,
            Counter overwriteDenied) {
        this.callbacks = callbacks;
        this.entries = entries;
        this.overwriteDenied = overwriteDenied;
    }

    @Override
    public HeadersStatus decodeHeaders(RequestHead head, boolean endStream) {
        DynamicMetadata metadata = callbacks.streamInfo().dynamicMetadata();
        for (SetMetadataConfig.Entry entry : entries) {
            String namespace = entry.namespace();
            boolean there =
                    entry.value().isPresent()
                            ? metadata.find(namespace) != null
                            : metadata.hasTyped(namespace);
            if (there && !entry.allowOverwrite()) {
                callbacks.worker().stats().inc(overwriteDenied);
            } else if (entry.value().isPresent()) {
                metadata.merge(namespace, entry.value().get());
            } else {
                metadata.setTyped(namespace);
            }
        }
        return HeadersStatus.CONTINUE;
    }
}
