// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.util.Map;

/**
 * {@code envoy.config.core.v3.Metadata}: a struct for each filter, by the filter's name.
 *
 * @param filters {@code filter_metadata}
 */
public record Metadata(Map<String, MetadataValue.Struct> filters) {
    public static final Metadata EMPTY = new Metadata(Map.of());

    /** The namespace load balancers read. */
    public static final String LB = "envoy.lb";

    public Metadata {
        filters = Map.copyOf(filters);
    }

    /** The struct of one filter, empty when it has none. */
    public MetadataValue.Struct of(String filter) {
        return filters.getOrDefault(filter, MetadataValue.Struct.EMPTY);
    }
}
