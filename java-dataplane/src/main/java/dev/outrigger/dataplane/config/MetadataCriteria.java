// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a route wants of a host's {@code envoy.lb} metadata ({@code metadata_match}), sorted by key
 * (SB1).
 */
public record MetadataCriteria(List<Criterion> criteria) {
    /** One key and the value the host must have. */
    public record Criterion(String key, MetadataValue value) {}

    public MetadataCriteria {
        var sorted = new ArrayList<>(criteria);
        sorted.sort(Comparator.comparing(Criterion::key));
        criteria = List.copyOf(sorted);
    }

    /** The criteria of a struct, one for each field. */
    public static MetadataCriteria of(MetadataValue.Struct struct) {
        return new MetadataCriteria(criteria(struct.fields()));
    }

    /** These criteria with those of a more specific place added; the more specific wins. */
    public MetadataCriteria mergedWith(MetadataCriteria specific) {
        var merged = new TreeMap<String, MetadataValue>();
        criteria.forEach(each -> merged.put(each.key(), each.value()));
        specific.criteria.forEach(each -> merged.put(each.key(), each.value()));
        return new MetadataCriteria(criteria(merged));
    }

    /** Whether a struct has every key with its value. */
    public boolean isMetBy(MetadataValue.Struct struct) {
        for (Criterion each : criteria) {
            if (!each.value().equals(struct.fields().get(each.key()))) {
                return false;
            }
        }
        return true;
    }

    private static List<Criterion> criteria(Map<String, MetadataValue> fields) {
        return fields.entrySet().stream()
                .map(each -> new Criterion(each.getKey(), each.getValue()))
                .toList();
    }
}
