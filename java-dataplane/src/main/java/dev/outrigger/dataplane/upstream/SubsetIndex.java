// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.LoadBalancingConfig.Subsets;
import dev.outrigger.dataplane.config.LoadBalancingConfig.Subsets.Fallback;
import dev.outrigger.dataplane.config.LoadBalancingConfig.Subsets.Selector;
import dev.outrigger.dataplane.config.Metadata;
import dev.outrigger.dataplane.config.MetadataCriteria;
import dev.outrigger.dataplane.config.MetadataCriteria.Criterion;
import dev.outrigger.dataplane.config.MetadataValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The subsets of one host set (5.4). Made by the main loop with the set; immutable.
 *
 * <p>Subsets that had hosts before and have none now are gone; a subset with only unhealthy hosts
 * is still one (SB2).
 */
final class SubsetIndex {
    private final Subsets config;
    private final Map<List<Criterion>, HostSet> subsets;
    private final @Nullable HostSet any;
    private final @Nullable HostSet byDefault;
    private final Map<List<String>, Selector> fallbacks;
    private final int singleHostDuplicates;

    /**
     * @param finish called for every set, to give it what balancers look up in
     */
    SubsetIndex(Subsets config, HostSet hosts, UnaryOperator<HostSet> finish) {
        this.config = config;
        this.fallbacks = fallbacks(config);
        var members = new LinkedHashMap<List<Criterion>, List<Host>>();
        int duplicates = 0;
        for (int p = 0; p < hosts.priorities(); p++) {
            Set<List<Criterion>> taken = new HashSet<>();
            for (Host host : hosts.priority(p).hosts) {
                for (Selector selector : config.selectors()) {
                    for (List<Criterion> key : keys(host, selector)) {
                        if (selector.singleHostPerSubset() && !taken.add(key)) {
                            duplicates++;
                        } else {
                            members.computeIfAbsent(key, _ -> new ArrayList<>()).add(host);
                        }
                    }
                }
            }
        }
        singleHostDuplicates = duplicates;
        subsets = new HashMap<>();
        members.forEach((key, of) -> subsets.put(key, finish.apply(subset(hosts, of))));
        any = needs(Fallback.ANY_ENDPOINT) ? finish.apply(all(hosts)) : null;
        byDefault =
                needs(Fallback.DEFAULT_SUBSET)
                        ? finish.apply(
                                hosts.filtered(
                                        this::isDefault,
                                        config.localityWeightAware(),
                                        config.scaleLocalityWeight()))
                        : null;
    }

    private HostSet all(HostSet hosts) {
        return hosts.filtered(
                _ -> true, config.localityWeightAware(), config.scaleLocalityWeight());
    }

    private HostSet subset(HostSet hosts, List<Host> members) {
        Set<Host> in = Collections.newSetFromMap(new IdentityHashMap<>());
        in.addAll(members);
        return hosts.filtered(
                in::contains, config.localityWeightAware(), config.scaleLocalityWeight());
    }

    private boolean needs(Fallback policy) {
        return config.fallbackPolicy() == policy
                || (config.panicModeAny() && policy == Fallback.ANY_ENDPOINT)
                || config.selectors().stream().anyMatch(s -> s.fallbackPolicy() == policy);
    }

    /**
     * The fallback of each list of keys. A list that is the beginning of an earlier one has none:
     * Envoy keeps what it says only when it makes the list's last key.
     */
    private static Map<List<String>, Selector> fallbacks(Subsets config) {
        Map<List<String>, Selector> byKeys = new HashMap<>();
        Set<List<String>> made = new HashSet<>();
        for (Selector selector : config.selectors()) {
            List<String> keys = selector.keys();
            for (int i = 1; i <= keys.size(); i++) {
                boolean isNew = made.add(keys.subList(0, i));
                if (isNew && i == keys.size()) {
                    byKeys.put(keys, selector);
                }
            }
        }
        return byKeys;
    }

    /** Every subset of a selector that a host belongs to: several with {@code list_as_any}. */
    private List<List<Criterion>> keys(Host host, Selector selector) {
        var fields = host.metadata().of(Metadata.LB).fields();
        List<List<Criterion>> found = new ArrayList<>();
        for (String key : selector.keys()) {
            MetadataValue value = fields.get(key);
            if (value == null) {
                return List.of();
            }
            List<MetadataValue> values =
                    config.listAsAny() && value instanceof MetadataValue.ListOf(var several)
                            ? several
                            : List.of(value);
            if (found.isEmpty()) {
                for (MetadataValue each : values) {
                    found.add(List.of(new Criterion(key, each)));
                }
            } else {
                List<List<Criterion>> longer = new ArrayList<>();
                for (List<Criterion> before : found) {
                    for (MetadataValue each : values) {
                        var with = new ArrayList<>(before);
                        with.add(new Criterion(key, each));
                        longer.add(List.copyOf(with));
                    }
                }
                found = longer;
            }
        }
        return found;
    }

    private boolean isDefault(Host host) {
        var fields = host.metadata().of(Metadata.LB).fields();
        for (Criterion wanted : config.defaultSubset().criteria()) {
            MetadataValue value = fields.get(wanted.key());
            boolean matches = wanted.value().equals(value);
            if (!matches
                    && config.listAsAny()
                    && value instanceof MetadataValue.ListOf(var several)) {
                matches = several.contains(wanted.value());
            }
            if (!matches) {
                return false;
            }
        }
        return true;
    }

    /** The subset that criteria name exactly; {@code null} when no host is in it. */
    @Nullable HostSet find(MetadataCriteria criteria) {
        return subsets.get(criteria.criteria());
    }

    /** What a selector of exactly these keys says to do; {@code null} when it says nothing. */
    @Nullable Selector fallback(MetadataCriteria criteria) {
        Selector selector =
                fallbacks.get(criteria.criteria().stream().map(Criterion::key).toList());
        return selector == null || selector.fallbackPolicy() == Fallback.NOT_DEFINED
                ? null
                : selector;
    }

    Subsets config() {
        return config;
    }

    Set<List<Criterion>> keys() {
        return subsets.keySet();
    }

    @Nullable HostSet any() {
        return any;
    }

    @Nullable HostSet byDefault() {
        return byDefault;
    }

    int singleHostDuplicates() {
        return singleHostDuplicates;
    }
}
