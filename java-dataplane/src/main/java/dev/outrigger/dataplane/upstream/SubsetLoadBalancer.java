// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.LoadBalancingConfig.Subsets;
import dev.outrigger.dataplane.config.LoadBalancingConfig.Subsets.Fallback;
import dev.outrigger.dataplane.config.LoadBalancingConfig.Subsets.Selector;
import dev.outrigger.dataplane.config.MetadataCriteria;
import dev.outrigger.dataplane.config.MetadataCriteria.Criterion;
import dev.outrigger.dataplane.config.MetadataValue;
import dev.outrigger.dataplane.worker.WorkerContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Chooses among the hosts whose metadata the route asks for (5.4). */
final class SubsetLoadBalancer implements LoadBalancer {
    private static final String FALLBACK_LIST = "fallback_list";

    private final WorkerContext worker;
    private final ClusterStats stats;
    private final Supplier<LoadBalancer> inner;
    private final Map<List<Criterion>, LoadBalancer> balancers = new HashMap<>();
    private @Nullable LoadBalancer any;
    private @Nullable LoadBalancer byDefault;
    private @Nullable SubsetIndex seen;

    /**
     * @param inner makes the balancer of one subset
     */
    SubsetLoadBalancer(WorkerContext worker, ClusterStats stats, Supplier<LoadBalancer> inner) {
        this.worker = worker;
        this.stats = stats;
        this.inner = inner;
    }

    @Override
    public @Nullable Host choose(HostSet hosts, LoadBalancerContext context) {
        SubsetIndex index = hosts.subsets();
        if (index != seen) {
            seen = index;
            balancers.keySet().retainAll(index.keys());
        }
        MetadataCriteria criteria = context.metadataCriteria();
        if (index.config().fallbackList() && criteria != null) {
            for (Criterion each : criteria.criteria()) {
                if (each.key().equals(FALLBACK_LIST)) {
                    return overAlternatives(index, context, criteria, each.value());
                }
            }
        }
        return iterate(index, context, criteria);
    }

    /** {@code metadata_fallback_policy: FALLBACK_LIST}: the first alternative with a host. */
    private @Nullable Host overAlternatives(
            SubsetIndex index,
            LoadBalancerContext context,
            MetadataCriteria criteria,
            MetadataValue value) {
        var rest =
                new MetadataCriteria(
                        criteria.criteria().stream()
                                .filter(c -> !c.key().equals(FALLBACK_LIST))
                                .toList());
        List<MetadataValue> alternatives =
                value instanceof MetadataValue.ListOf(var several) ? several : List.of();
        if (alternatives.isEmpty()) {
            return iterate(index, context, rest);
        }
        for (MetadataValue each : alternatives) {
            var more =
                    each instanceof MetadataValue.Struct struct
                            ? rest.mergedWith(MetadataCriteria.of(struct))
                            : rest;
            Host host = iterate(index, context, more);
            if (host != null) {
                return host;
            }
        }
        return null;
    }

    private @Nullable Host iterate(
            SubsetIndex index, LoadBalancerContext context, @Nullable MetadataCriteria asked) {
        if (asked != null) {
            MetadataCriteria criteria =
                    index.config().allowRedundantKeys() ? reduced(index.config(), asked) : asked;
            HostSet subset = index.find(criteria);
            if (subset != null) {
                worker.stats().inc(stats.lbSubsetsSelected);
                return balancers
                        .computeIfAbsent(criteria.criteria(), _ -> inner.get())
                        .choose(subset, context);
            }
            Selector selector = index.fallback(criteria);
            if (selector != null) {
                return bySelector(index, context, criteria, selector);
            }
        }
        Host host = byPolicy(index, context, index.config().fallbackPolicy());
        if (host != null) {
            worker.stats().inc(stats.lbSubsetsFallback);
            return host;
        }
        if (index.config().panicModeAny()
                && index.config().fallbackPolicy() != Fallback.NO_FALLBACK) {
            host = chooseAny(index, context);
            if (host != null) {
                worker.stats().inc(stats.lbSubsetsFallbackPanic);
            }
        }
        return host;
    }

    /** The criteria of the first selector whose keys are all there. */
    private static MetadataCriteria reduced(Subsets config, MetadataCriteria criteria) {
        for (Selector selector : config.selectors()) {
            var left = only(criteria, selector.keys());
            if (left.criteria().size() == selector.keys().size()) {
                return left;
            }
        }
        return criteria;
    }

    private static MetadataCriteria only(MetadataCriteria criteria, List<String> keys) {
        return new MetadataCriteria(
                criteria.criteria().stream().filter(c -> keys.contains(c.key())).toList());
    }

    private @Nullable Host bySelector(
            SubsetIndex index,
            LoadBalancerContext context,
            MetadataCriteria criteria,
            Selector selector) {
        if (selector.fallbackPolicy() == Fallback.KEYS_SUBSET) {
            return iterate(index, context, only(criteria, selector.fallbackKeysSubset()));
        }
        return byPolicy(index, context, selector.fallbackPolicy());
    }

    private @Nullable Host byPolicy(
            SubsetIndex index, LoadBalancerContext context, Fallback policy) {
        return switch (policy) {
            case ANY_ENDPOINT -> chooseAny(index, context);
            case DEFAULT_SUBSET -> {
                HostSet set = index.byDefault();
                if (set == null) {
                    yield null;
                }
                LoadBalancer balancer = byDefault;
                if (balancer == null) {
                    balancer = inner.get();
                    byDefault = balancer;
                }
                yield balancer.choose(set, context);
            }
            case NOT_DEFINED, NO_FALLBACK, KEYS_SUBSET -> null;
        };
    }

    private @Nullable Host chooseAny(SubsetIndex index, LoadBalancerContext context) {
        HostSet set = index.any();
        if (set == null) {
            return null;
        }
        LoadBalancer balancer = any;
        if (balancer == null) {
            balancer = inner.get();
            any = balancer;
        }
        return balancer.choose(set, context);
    }
}
