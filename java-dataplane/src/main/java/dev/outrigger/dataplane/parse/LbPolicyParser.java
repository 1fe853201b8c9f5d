// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.Any;
import dev.outrigger.dataplane.config.LoadBalancingConfig.Algorithm;
import dev.outrigger.dataplane.config.LoadBalancingConfig.ConsistentHashing;
import dev.outrigger.dataplane.config.LoadBalancingConfig.HashFunction;
import dev.outrigger.dataplane.config.LoadBalancingConfig.Locality;
import dev.outrigger.dataplane.config.LoadBalancingConfig.SlowStart;
import dev.outrigger.dataplane.config.LoadBalancingConfig.Subsets;
import io.envoyproxy.envoy.config.cluster.v3.LoadBalancingPolicy;
import io.envoyproxy.envoy.extensions.load_balancing_policies.cluster_provided.v3.ClusterProvided;
import io.envoyproxy.envoy.extensions.load_balancing_policies.common.v3.LocalityLbConfig;
import io.envoyproxy.envoy.extensions.load_balancing_policies.common.v3.SlowStartConfig;
import io.envoyproxy.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest;
import io.envoyproxy.envoy.extensions.load_balancing_policies.maglev.v3.Maglev;
import io.envoyproxy.envoy.extensions.load_balancing_policies.random.v3.Random;
import io.envoyproxy.envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash;
import io.envoyproxy.envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin;
import io.envoyproxy.envoy.extensions.load_balancing_policies.subset.v3.Subset;
import io.envoyproxy.envoy.type.v3.Percent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.Set;

/** {@code load_balancing_policy}: the first policy that is known counts (LB16). */
@SuppressWarnings("deprecation") // RingHash has two places for the same
final class LbPolicyParser {
    private static final String PACKAGE = "envoy.extensions.load_balancing_policies.";

    private static final Algorithm NOTHING =
            new Algorithm.RoundRobin(new Locality.None(), Optional.empty());

    /** Policies that Envoy has compiled in and this proxy lacks. */
    private static final Set<String> ONLY_ENVOYS =
            Set.of(
                    PACKAGE + "client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin",
                    PACKAGE + "dynamic_modules.v3.DynamicModulesLoadBalancerConfig",
                    PACKAGE + "load_aware_locality.v3.LoadAwareLocality",
                    PACKAGE + "override_host.v3.OverrideHost",
                    PACKAGE + "wrr_locality.v3.WrrLocality");

    private final String cluster;
    private final Findings findings;

    /** What a list of policies comes to. */
    record Chosen(Algorithm algorithm, Optional<Subsets> subsets) {
        private Chosen(Algorithm algorithm) {
            this(algorithm, Optional.empty());
        }
    }

    LbPolicyParser(String cluster, Findings findings) {
        this.cluster = cluster;
        this.findings = findings;
    }

    Chosen choose(LoadBalancingPolicy policies, String path) {
        var passedOver = new ArrayList<String>();
        for (int i = 0; i < policies.getPoliciesCount(); i++) {
            var extension = policies.getPolicies(i).getTypedExtensionConfig();
            Any config = extension.getTypedConfig();
            String at = FieldPaths.index(path + ".policies", i);
            at = FieldPaths.join(at, "typed_extension_config.typed_config");
            String type = config.getTypeUrl().substring(config.getTypeUrl().lastIndexOf('/') + 1);
            if (ONLY_ENVOYS.contains(type)) {
                // Envoy would take it, so the next one must not be taken in its place.
                findings.unsupported(at, type, type + " is not supported by this proxy");
                return new Chosen(NOTHING);
            }
            Optional<Chosen> chosen = policy(config, at);
            if (chosen.isPresent()) {
                return chosen.get();
            }
            passedOver.add(extension.getName());
        }
        findings.invalid(
                path,
                "",
                "cluster: didn't find a registered load balancer factory implementation for"
                        + " cluster: '"
                        + cluster
                        + "' with names from ["
                        + String.join(", ", passedOver)
                        + "]");
        return new Chosen(NOTHING);
    }

    private Optional<Chosen> policy(Any config, String path) {
        if (Values.is(config, RoundRobin.class)) {
            return Values.unpack(config, RoundRobin.class, path, findings)
                    .map(p ->
                            new Chosen(
                                    new Algorithm.RoundRobin(
                                            locality(p.getLocalityLbConfig()),
                                            slowStart(
                                                    p.hasSlowStartConfig(),
                                                    p.getSlowStartConfig(),
                                                    path))));
        }
        if (Values.is(config, LeastRequest.class)) {
            return Values.unpack(config, LeastRequest.class, path, findings)
                    .map(p -> new Chosen(leastRequest(p, path)));
        }
        if (Values.is(config, Random.class)) {
            return Values.unpack(config, Random.class, path, findings)
                    .map(p -> new Chosen(new Algorithm.Random(locality(p.getLocalityLbConfig()))));
        }
        if (Values.is(config, RingHash.class)) {
            return Values.unpack(config, RingHash.class, path, findings)
                    .map(p -> new Chosen(ringHash(p, path)));
        }
        if (Values.is(config, Maglev.class)) {
            return Values.unpack(config, Maglev.class, path, findings)
                    .map(p -> new Chosen(maglev(p, path)));
        }
        if (Values.is(config, ClusterProvided.class)) {
            return Optional.of(new Chosen(new Algorithm.ClusterProvided()));
        }
        if (Values.is(config, Subset.class)) {
            return Values.unpack(config, Subset.class, path, findings).map(p -> subset(p, path));
        }
        return Optional.empty();
    }

    private Algorithm leastRequest(LeastRequest proto, String path) {
        return new Algorithm.LeastRequest(
                locality(proto.getLocalityLbConfig()),
                slowStart(proto.hasSlowStartConfig(), proto.getSlowStartConfig(), path),
                proto.hasChoiceCount()
                        ? Values.clamp(proto.getChoiceCount())
                        : LoadBalancingParser.DEFAULT_CHOICE_COUNT,
                LoadBalancingParser.runtimeDouble(
                        proto.hasActiveRequestBias(), proto.getActiveRequestBias(), 1.0),
                proto.getSelectionMethod() == LeastRequest.SelectionMethod.FULL_SCAN);
    }

    private Algorithm ringHash(RingHash proto, String path) {
        long min =
                proto.hasMinimumRingSize()
                        ? proto.getMinimumRingSize().getValue()
                        : LoadBalancingParser.DEFAULT_MINIMUM_RING_SIZE;
        long max =
                proto.hasMaximumRingSize()
                        ? proto.getMaximumRingSize().getValue()
                        : LoadBalancingParser.DEFAULT_MAXIMUM_RING_SIZE;
        checkRing(min, max, path, findings);
        var hashing = proto.getConsistentHashingLbConfig();
        boolean newer = proto.hasConsistentHashingLbConfig();
        boolean bounded = newer ? hashing.hasHashBalanceFactor() : proto.hasHashBalanceFactor();
        int factor =
                Values.clamp(newer ? hashing.getHashBalanceFactor() : proto.getHashBalanceFactor());
        return new Algorithm.RingHash(
                min,
                max,
                proto.getHashFunction() == RingHash.HashFunction.MURMUR_HASH_2
                        ? HashFunction.MURMUR_HASH_2
                        : HashFunction.XX_HASH,
                new ConsistentHashing(
                        newer
                                ? hashing.getUseHostnameForHashing()
                                : proto.getUseHostnameForHashing(),
                        bounded ? factor : 0,
                        proto.hasLocalityWeightedLbConfig()));
    }

    private Algorithm maglev(Maglev proto, String path) {
        int size =
                proto.hasTableSize()
                        ? (int) proto.getTableSize().getValue()
                        : LoadBalancingParser.DEFAULT_TABLE_SIZE;
        checkPrime(size, path + ".table_size", findings);
        var hashing = proto.getConsistentHashingLbConfig();
        return new Algorithm.Maglev(
                size,
                new ConsistentHashing(
                        hashing.getUseHostnameForHashing(),
                        hashing.hasHashBalanceFactor()
                                ? Values.clamp(hashing.getHashBalanceFactor())
                                : 0,
                        proto.hasLocalityWeightedLbConfig()));
    }

    private Chosen subset(Subset proto, String path) {
        Chosen child = choose(proto.getSubsetLbPolicy(), path + ".subset_lb_policy");
        if (child.subsets().isPresent() || child.algorithm() instanceof Algorithm.ClusterProvided) {
            findings.unsupported(
                    path + ".subset_lb_policy", "", "must be a policy that picks from hosts");
        }
        return new Chosen(
                child.algorithm(),
                Optional.of(
                        new Subsets(
                                LoadBalancingParser.fallback(proto.getFallbackPolicyValue()),
                                LoadBalancingParser.criteria(proto.getDefaultSubset()),
                                proto.getSubsetSelectorsList().stream()
                                        .map(each ->
                                                LoadBalancingParser.selector(
                                                        each.getKeysList(),
                                                        each.getFallbackPolicyValue(),
                                                        each.getFallbackKeysSubsetList(),
                                                        each.getSingleHostPerSubset(),
                                                        findings))
                                        .toList(),
                                proto.getLocalityWeightAware(),
                                proto.getScaleLocalityWeight(),
                                proto.getPanicModeAny(),
                                proto.getListAsAny(),
                                proto.getMetadataFallbackPolicyValue() == 1,
                                proto.getAllowRedundantKeys())));
    }

    private static Locality locality(LocalityLbConfig proto) {
        return switch (proto.getLocalityConfigSpecifierCase()) {
            case LOCALITY_WEIGHTED_LB_CONFIG -> new Locality.Weighted();
            case ZONE_AWARE_LB_CONFIG -> {
                var zone = proto.getZoneAwareLbConfig();
                yield new Locality.ZoneAware(
                        percent(zone.hasRoutingEnabled(), zone.getRoutingEnabled(), 100),
                        zone.hasMinClusterSize() ? zone.getMinClusterSize().getValue() : 6,
                        zone.getFailTrafficOnPanic(),
                        zone.getForceLocalityDirectRouting());
            }
            case LOCALITYCONFIGSPECIFIER_NOT_SET -> new Locality.None();
        };
    }

    private Optional<SlowStart> slowStart(boolean present, SlowStartConfig proto, String path) {
        if (!present) {
            return Optional.empty();
        }
        Duration window =
                Values.duration(
                        proto.getSlowStartWindow(),
                        path + ".slow_start_config.slow_start_window",
                        findings);
        return window.isZero()
                ? Optional.empty()
                : Optional.of(
                        new SlowStart(
                                window,
                                LoadBalancingParser.runtimeDouble(
                                        proto.hasAggression(), proto.getAggression(), 1.0),
                                proto.hasMinWeightPercent()
                                        ? proto.getMinWeightPercent().getValue()
                                        : LoadBalancingParser.DEFAULT_MIN_WEIGHT_PERCENT));
    }

    static int percent(boolean present, Percent value, int otherwise) {
        return present ? (int) Math.round(value.getValue()) : otherwise;
    }

    static void checkRing(long min, long max, String path, Findings findings) {
        if (min > max) {
            findings.invalid(
                    path,
                    min,
                    "ring hash: minimum_ring_size (" + min + ") > maximum_ring_size (" + max + ")");
        }
    }

    static void checkPrime(int size, String path, Findings findings) {
        boolean prime = size > 1;
        for (int i = 2; prime && (long) i * i <= size; i++) {
            prime = size % i != 0;
        }
        if (!prime) {
            findings.invalid(path, size, "The table size of maglev must be prime number");
        }
    }
}
