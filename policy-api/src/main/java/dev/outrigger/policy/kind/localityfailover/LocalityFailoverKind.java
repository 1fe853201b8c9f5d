// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.localityfailover;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.field.Names;
import dev.outrigger.policy.model.BlockKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads {@code localityFailover}: {@code zones} (prefer, the default, or ignore), {@code regions}
 * (0..32 names, each once), {@code elsewhere} (last, the default, or never).
 */
public final class LocalityFailoverKind implements BlockKind<LocalityFailoverPolicy> {
    private static final List<String> FIELDS = List.of("zones", "regions", "elsewhere");
    private static final int MAX_REGIONS = 32;
    private static final int MAX_NAME = 256;

    @Override
    public String blockName() {
        return "localityFailover";
    }

    @Override
    public Class<LocalityFailoverPolicy> blockType() {
        return LocalityFailoverPolicy.class;
    }

    @Override
    public Optional<LocalityFailoverPolicy> read(DocumentNode block) {
        var mark = block.violations().mark();
        if (!block.objectOf(FIELDS)) {
            return Optional.empty();
        }
        var zones = block.field("zones").oneOf(Map.of("prefer", true, "ignore", false));
        var regions = new ArrayList<String>();
        for (DocumentNode item : block.field("regions").items(0, MAX_REGIONS)) {
            var name = Names.printable(item, MAX_NAME);
            if (name.filter(regions::contains).isPresent()) {
                item.violate(ViolationCode.DUPLICATE, Quoted.of(name.get()) + " is listed twice.");
            }
            if (name.filter(String::isEmpty).isPresent()) {
                item.violate(ViolationCode.BAD_VALUE, "Is empty (expected: the name of a region).");
            }
            name.ifPresent(regions::add);
        }
        var elsewhere = block.field("elsewhere").oneOf(Map.of("last", true, "never", false));
        return mark.ifClean(() ->
                new LocalityFailoverPolicy(zones.orElse(true), regions, elsewhere.orElse(true)));
    }
}
