// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.model;

import java.util.Map;
import java.util.Objects;

/** What a document says about itself beside its identity. Immutable. */
public record Metadata(Map<String, String> labels, Map<String, String> annotations) {
    public static final Metadata EMPTY = new Metadata(Map.of(), Map.of());

    public Metadata {
        labels = Map.copyOf(Objects.requireNonNull(labels, "labels"));
        annotations = Map.copyOf(Objects.requireNonNull(annotations, "annotations"));
    }
}
