// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.setmetadata;

import dev.outrigger.dataplane.config.MetadataValue;
import dev.outrigger.dataplane.filter.FactoryContext;
import dev.outrigger.dataplane.filter.FilterConfig;
import dev.outrigger.dataplane.filter.HttpFilterFactory;
import java.util.List;
import java.util.Optional;

/**
 * {@code envoy.extensions.filters.http.set_metadata.v3.Config}.
 *
 * @param entries structs first, then messages, as Envoy applies them
 */
public record SetMetadataConfig(List<Entry> entries) implements FilterConfig {
    public SetMetadataConfig {
        entries = List.copyOf(entries);
    }

    /**
     * One entry.
     *
     * @param value absent for a message, of which only the namespace matters
     */
    public record Entry(
            String namespace, boolean allowOverwrite, Optional<MetadataValue.Struct> value) {}

    @Override
    public HttpFilterFactory factory(FactoryContext context) {
        var denied =
                context.stats().counter(context.statPrefix() + "set_metadata.overwrite_denied");
        return callbacks -> new SetMetadataFilter(callbacks, entries, denied);
    }
}
