// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.service;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.kind.field.Names;
import dev.outrigger.policy.kind.service.ServiceSpec.Locality;
import java.util.List;
import java.util.Optional;

/** Reads {@code locality}: {@code region}, {@code zone} and {@code subZone}, each if known. */
public final class Localities {
    private static final int MAX_NAME = 256;

    private Localities() {}

    public static Optional<Locality> read(DocumentNode node) {
        if (!node.isPresent() || !node.objectOf(List.of("region", "zone", "subZone"))) {
            return Optional.empty();
        }
        return Optional.of(
                new Locality(
                        Names.printable(node.field("region"), MAX_NAME).orElse(""),
                        Names.printable(node.field("zone"), MAX_NAME).orElse(""),
                        Names.printable(node.field("subZone"), MAX_NAME).orElse("")));
    }
}
