// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.headermutation;

import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.route.PerFilterConfigs;
import java.util.ArrayList;
import java.util.List;

/**
 * What a header mutation filter does, its own changes first and then those of the route's levels:
 * the last one wins, which is the least specific unless the filter says otherwise. Immutable.
 */
public final class LevelledMutations {
    private final CompiledMutations own;
    private final boolean mostSpecificWins;

    public LevelledMutations(HeaderMutationConfig config) {
        this.own = new CompiledMutations(config.mutations());
        this.mostSpecificWins = config.mostSpecificWins();
    }

    /**
     * @param name of the filter, by which the levels speak of it
     */
    public void applyToRequest(
            RequestHead head, FormatContext context, PerFilterConfigs levels, String name) {
        own.applyToRequest(head, context);
        for (CompiledMutations each : ofLevels(levels, name)) {
            each.applyToRequest(head, context);
        }
    }

    /**
     * @param name of the filter, by which the levels speak of it
     */
    public void applyToResponse(
            HeaderBlock headers, FormatContext context, PerFilterConfigs levels, String name) {
        own.applyToResponse(headers, context);
        for (CompiledMutations each : ofLevels(levels, name)) {
            each.applyToResponse(headers, context);
        }
    }

    private List<CompiledMutations> ofLevels(PerFilterConfigs levels, String name) {
        if (levels.mostSpecific(name) == null) {
            return List.of();
        }
        var found = new ArrayList<CompiledMutations>(4);
        levels.forEach(
                name,
                config -> {
                    if (mostSpecificWins) {
                        found.addLast((CompiledMutations) config);
                    } else {
                        found.addFirst((CompiledMutations) config);
                    }
                });
        return found;
    }
}
