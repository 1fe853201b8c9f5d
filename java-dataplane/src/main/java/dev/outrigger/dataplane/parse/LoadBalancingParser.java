// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.Struct;
import dev.outrigger.dataplane.config.LoadBalancingConfig;
import dev.outrigger.dataplane.config.LoadBalancingConfig.Algorithm;
import dev.outrigger.dataplane.config.LoadBalancingConfig.ConsistentHashing;
import dev.outrigger.dataplane.config.LoadBalancingConfig.HashFunction;
import dev.outrigger.dataplane.config.LoadBalancingConfig.Locality;
import dev.outrigger.dataplane.config.LoadBalancingConfig.OverrideStatus;
import dev.outrigger.dataplane.config.LoadBalancingConfig.SlowStart;
import dev.outrigger.dataplane.config.LoadBalancingConfig.Subsets;
import dev.outrigger.dataplane.config.LoadBalancingConfig.Subsets.Fallback;
import dev.outrigger.dataplane.config.LoadBalancingConfig.Subsets.Selector;
import dev.outrigger.dataplane.config.MetadataCriteria;
import dev.outrigger.dataplane.config.RuntimeDouble;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.CommonLbConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.LbPolicy;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.LbSubsetConfig;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** How a cluster balances: the older fields here, the newer ones in {@link LbPolicyParser}. */
final class LoadBalancingParser {
    /** LB4. */
    private static final int DEFAULT_PANIC_THRESHOLD_PERCENT = 50;

    /** ED5. */
    private static final Duration DEFAULT_UPDATE_MERGE_WINDOW = Duration.ofSeconds(1);

    /** LB12. */
    static final long DEFAULT_MINIMUM_RING_SIZE = 1024;

    static final long DEFAULT_MAXIMUM_RING_SIZE = 1024 * 1024 * 8;

    /** LB13. */
    static final int DEFAULT_TABLE_SIZE = 65537;

    static final int DEFAULT_CHOICE_COUNT = 2;

    /** LB15. */
    static final double DEFAULT_MIN_WEIGHT_PERCENT = 10;

    private static final Set<OverrideStatus> DEFAULT_OVERRIDE_STATUS =
            LoadBalancingConfig.DEFAULT.overrideHostStatus();

    private final Cluster proto;
    private final Findings findings;

    LoadBalancingParser(Cluster proto, Findings findings) {
        this.proto = proto;
        this.findings = findings;
    }

    LoadBalancingConfig parse() {
        boolean typed =
                proto.hasLoadBalancingPolicy()
                        || proto.getLbPolicy() == LbPolicy.LOAD_BALANCING_POLICY_CONFIG;
        LbPolicyParser.Chosen chosen =
                typed ? typed() : new LbPolicyParser.Chosen(algorithm(), subsets());
        return new LoadBalancingConfig(
                chosen.algorithm(),
                chosen.subsets(),
                panicThreshold(),
                updateMergeWindow(),
                overrideStatus());
    }

    private LbPolicyParser.Chosen typed() {
        if (!proto.hasLoadBalancingPolicy()) {
            findings.invalid(
                    "lb_policy",
                    proto.getLbPolicy(),
                    "cluster: field load_balancing_policy need to be set");
            return new LbPolicyParser.Chosen(algorithm(), Optional.empty());
        }
        if (proto.hasLbSubsetConfig()) {
            findings.invalid(
                    "lb_subset_config",
                    "",
                    "cluster: load_balancing_policy cannot be combined with lb_subset_config");
        }
        var common = proto.getCommonLbConfig();
        if (common.hasZoneAwareLbConfig()
                || common.hasLocalityWeightedLbConfig()
                || common.hasConsistentHashingLbConfig()) {
            findings.invalid(
                    "common_lb_config",
                    "",
                    "cluster: load_balancing_policy cannot be combined with partial fields"
                            + " (zone_aware_lb_config, locality_weighted_lb_config,"
                            + " consistent_hashing_lb_config) of common_lb_config");
        }
        return new LbPolicyParser(proto.getName(), findings)
                .choose(proto.getLoadBalancingPolicy(), "load_balancing_policy");
    }

    private Algorithm algorithm() {
        return switch (proto.getLbPolicy()) {
            case LEAST_REQUEST -> {
                var config = proto.getLeastRequestLbConfig();
                yield new Algorithm.LeastRequest(
                        locality(),
                        slowStart(config.hasSlowStartConfig(), config.getSlowStartConfig()),
                        config.hasChoiceCount()
                                ? Values.clamp(config.getChoiceCount())
                                : DEFAULT_CHOICE_COUNT,
                        runtimeDouble(
                                config.hasActiveRequestBias(), config.getActiveRequestBias(), 1.0),
                        false);
            }
            case RANDOM -> new Algorithm.Random(locality());
            case RING_HASH -> ringHash();
            case MAGLEV -> maglev();
            case CLUSTER_PROVIDED -> new Algorithm.ClusterProvided();
            // The second last never comes here.
            case ROUND_ROBIN, LOAD_BALANCING_POLICY_CONFIG, UNRECOGNIZED -> {
                var config = proto.getRoundRobinLbConfig();
                yield new Algorithm.RoundRobin(
                        locality(),
                        slowStart(config.hasSlowStartConfig(), config.getSlowStartConfig()));
            }
        };
    }

    private Algorithm ringHash() {
        var config = proto.getRingHashLbConfig();
        long min =
                config.hasMinimumRingSize()
                        ? config.getMinimumRingSize().getValue()
                        : DEFAULT_MINIMUM_RING_SIZE;
        long max =
                config.hasMaximumRingSize()
                        ? config.getMaximumRingSize().getValue()
                        : DEFAULT_MAXIMUM_RING_SIZE;
        LbPolicyParser.checkRing(min, max, "ring_hash_lb_config", findings);
        return new Algorithm.RingHash(
                min,
                max,
                config.getHashFunction() == Cluster.RingHashLbConfig.HashFunction.MURMUR_HASH_2
                        ? HashFunction.MURMUR_HASH_2
                        : HashFunction.XX_HASH,
                hashing());
    }

    private Algorithm maglev() {
        var config = proto.getMaglevLbConfig();
        int size =
                config.hasTableSize() ? (int) config.getTableSize().getValue() : DEFAULT_TABLE_SIZE;
        LbPolicyParser.checkPrime(size, "maglev_lb_config.table_size", findings);
        return new Algorithm.Maglev(size, hashing());
    }

    private ConsistentHashing hashing() {
        CommonLbConfig common = proto.getCommonLbConfig();
        var hashing = common.getConsistentHashingLbConfig();
        return new ConsistentHashing(
                hashing.getUseHostnameForHashing(),
                hashing.hasHashBalanceFactor() ? Values.clamp(hashing.getHashBalanceFactor()) : 0,
                common.hasLocalityWeightedLbConfig());
    }

    private Locality locality() {
        CommonLbConfig common = proto.getCommonLbConfig();
        return switch (common.getLocalityConfigSpecifierCase()) {
            case LOCALITY_WEIGHTED_LB_CONFIG -> new Locality.Weighted();
            case ZONE_AWARE_LB_CONFIG -> {
                var zone = common.getZoneAwareLbConfig();
                yield new Locality.ZoneAware(
                        LbPolicyParser.percent(
                                zone.hasRoutingEnabled(), zone.getRoutingEnabled(), 100),
                        zone.hasMinClusterSize() ? zone.getMinClusterSize().getValue() : 6,
                        zone.getFailTrafficOnPanic(),
                        false);
            }
            case LOCALITYCONFIGSPECIFIER_NOT_SET -> new Locality.None();
        };
    }

    private Optional<SlowStart> slowStart(boolean present, Cluster.SlowStartConfig config) {
        if (!present) {
            return Optional.empty();
        }
        Duration window =
                Values.duration(config.getSlowStartWindow(), "slow_start_window", findings);
        return window.isZero()
                ? Optional.empty()
                : Optional.of(
                        new SlowStart(
                                window,
                                runtimeDouble(config.hasAggression(), config.getAggression(), 1.0),
                                config.hasMinWeightPercent()
                                        ? config.getMinWeightPercent().getValue()
                                        : DEFAULT_MIN_WEIGHT_PERCENT));
    }

    private Optional<Subsets> subsets() {
        LbSubsetConfig config = proto.getLbSubsetConfig();
        // Without selectors there are no subsets, whatever else is said of them.
        if (config.getSubsetSelectorsCount() == 0) {
            return Optional.empty();
        }
        if (proto.getLbPolicy() == LbPolicy.CLUSTER_PROVIDED) {
            findings.invalid(
                    "lb_subset_config",
                    "",
                    "cluster: LB policy CLUSTER_PROVIDED cannot be combined with"
                            + " lb_subset_config");
        }
        if (config.getLocalityWeightAware()
                && !proto.getCommonLbConfig().hasLocalityWeightedLbConfig()) {
            findings.invalid(
                    "lb_subset_config.locality_weight_aware",
                    true,
                    "Locality weight aware subset LB requires that a locality_weighted_lb_config"
                            + " be set in "
                            + proto.getName());
        }
        return Optional.of(
                new Subsets(
                        fallback(config.getFallbackPolicyValue()),
                        criteria(config.getDefaultSubset()),
                        config.getSubsetSelectorsList().stream()
                                .map(each ->
                                        selector(
                                                each.getKeysList(),
                                                each.getFallbackPolicyValue(),
                                                each.getFallbackKeysSubsetList(),
                                                each.getSingleHostPerSubset(),
                                                findings))
                                .toList(),
                        config.getLocalityWeightAware(),
                        config.getScaleLocalityWeight(),
                        config.getPanicModeAny(),
                        config.getListAsAny(),
                        config.getMetadataFallbackPolicyValue() == 1,
                        false));
    }

    static RuntimeDouble runtimeDouble(
            boolean present,
            io.envoyproxy.envoy.config.core.v3.RuntimeDouble proto,
            double otherwise) {
        return present
                ? new RuntimeDouble(proto.getDefaultValue(), proto.getRuntimeKey())
                : new RuntimeDouble(otherwise, "");
    }

    static MetadataCriteria criteria(Struct struct) {
        return MetadataCriteria.of(MetadataParser.struct(struct));
    }

    static Fallback fallback(int value) {
        return switch (value) {
            case 1 -> Fallback.ANY_ENDPOINT;
            case 2 -> Fallback.DEFAULT_SUBSET;
            default -> Fallback.NO_FALLBACK;
        };
    }

    /** The two forms of a selector differ in their message only. */
    static Selector selector(
            List<String> keys,
            int fallbackPolicy,
            List<String> fallbackKeys,
            boolean singleHost,
            Findings findings) {
        var sorted = new TreeSet<>(keys);
        var fallback = new TreeSet<>(fallbackKeys);
        Fallback policy =
                switch (fallbackPolicy) {
                    case 1 -> Fallback.NO_FALLBACK;
                    case 2 -> Fallback.ANY_ENDPOINT;
                    case 3 -> Fallback.DEFAULT_SUBSET;
                    case 4 -> Fallback.KEYS_SUBSET;
                    default -> Fallback.NOT_DEFINED;
                };
        if (policy == Fallback.KEYS_SUBSET) {
            if (fallback.isEmpty()) {
                findings.invalid(
                        "subset_selectors.fallback_keys_subset",
                        "",
                        "fallback_keys_subset cannot be empty");
            } else if (!sorted.containsAll(fallback)) {
                findings.invalid(
                        "subset_selectors.fallback_keys_subset",
                        fallback,
                        "fallback_keys_subset must be a subset of selector keys");
            } else if (sorted.equals(fallback)) {
                findings.invalid(
                        "subset_selectors.fallback_keys_subset",
                        fallback,
                        "fallback_keys_subset cannot be equal to keys");
            }
        } else if (!fallback.isEmpty()) {
            findings.invalid(
                    "subset_selectors.fallback_keys_subset",
                    fallback,
                    "fallback_keys_subset can be set only for KEYS_SUBSET fallback_policy");
        }
        return new Selector(List.copyOf(sorted), policy, List.copyOf(fallback), singleHost);
    }

    private int panicThreshold() {
        var common = proto.getCommonLbConfig();
        return LbPolicyParser.percent(
                common.hasHealthyPanicThreshold(),
                common.getHealthyPanicThreshold(),
                DEFAULT_PANIC_THRESHOLD_PERCENT);
    }

    private Duration updateMergeWindow() {
        var common = proto.getCommonLbConfig();
        return common.hasUpdateMergeWindow()
                ? Values.duration(
                        common.getUpdateMergeWindow(),
                        "common_lb_config.update_merge_window",
                        findings)
                : DEFAULT_UPDATE_MERGE_WINDOW;
    }

    private Set<OverrideStatus> overrideStatus() {
        var common = proto.getCommonLbConfig();
        if (!common.hasOverrideHostStatus()) {
            return DEFAULT_OVERRIDE_STATUS;
        }
        var statuses = EnumSet.noneOf(OverrideStatus.class);
        for (HealthStatus status : common.getOverrideHostStatus().getStatusesList()) {
            switch (status) {
                case UNKNOWN -> statuses.add(OverrideStatus.UNKNOWN);
                case HEALTHY -> statuses.add(OverrideStatus.HEALTHY);
                case UNHEALTHY -> statuses.add(OverrideStatus.UNHEALTHY);
                case DRAINING -> statuses.add(OverrideStatus.DRAINING);
                case TIMEOUT -> statuses.add(OverrideStatus.TIMEOUT);
                case DEGRADED -> statuses.add(OverrideStatus.DEGRADED);
                case UNRECOGNIZED -> {}
            }
        }
        return statuses;
    }
}
