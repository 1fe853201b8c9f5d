// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ir;

import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.TrafficBlock;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The blocks that hold at one place, keyed by their type, each with where it came from. */
public record EffectivePolicies(Map<Class<? extends TrafficBlock>, Effective> byType) {
    public static final EffectivePolicies NONE = new EffectivePolicies(Map.of());

    public EffectivePolicies {
        byType = Map.copyOf(byType);
    }

    public static EffectivePolicies of(Collection<Effective> blocks) {
        var byType = new LinkedHashMap<Class<? extends TrafficBlock>, Effective>();
        blocks.forEach(effective -> byType.put(effective.block().getClass(), effective));
        return new EffectivePolicies(byType);
    }

    public <B extends TrafficBlock> Optional<B> find(Class<B> type) {
        return Optional.ofNullable(byType.get(type)).map(Effective::block).map(type::cast);
    }

    /** One block that won. */
    public record Effective(TrafficBlock block, Origin origin) {}

    /**
     * Where a block came from.
     *
     * @param document empty for a built-in
     */
    public record Origin(Level level, Optional<PolicyId> document) {}

    /** How specific a source is; a later level beats an earlier one. */
    public enum Level {
        BUILT_IN,
        MESH,
        SERVICE,
        ROUTE,
        ROUTE_RULE,
        INLINE
    }
}
