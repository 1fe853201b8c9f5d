// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.LoadBalancingPolicy;
import io.envoyproxy.envoy.config.core.v3.HealthStatusSet;
import io.envoyproxy.envoy.config.core.v3.RuntimeDouble;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.load_balancing_policies.cluster_provided.v3.ClusterProvided;
import io.envoyproxy.envoy.extensions.load_balancing_policies.common.v3.ConsistentHashingLbConfig;
import io.envoyproxy.envoy.extensions.load_balancing_policies.common.v3.LocalityLbConfig;
import io.envoyproxy.envoy.extensions.load_balancing_policies.common.v3.SlowStartConfig;
import io.envoyproxy.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest;
import io.envoyproxy.envoy.extensions.load_balancing_policies.maglev.v3.Maglev;
import io.envoyproxy.envoy.extensions.load_balancing_policies.random.v3.Random;
import io.envoyproxy.envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash;
import io.envoyproxy.envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin;
import io.envoyproxy.envoy.extensions.load_balancing_policies.subset.v3.Subset;
import io.envoyproxy.envoy.type.v3.Percent;
import java.util.List;

/** What is supported of load balancing, in its older and its newer form. */
final class LoadBalancingFields {
    static final SupportedFields PERCENT = SupportedFields.of(Percent.class).obeyed("value");

    private static final SupportedFields RUNTIME_DOUBLE =
            SupportedFields.of(RuntimeDouble.class).obeyed("default_value", "runtime_key");

    // The older form.

    private static final SupportedFields OLD_SLOW_START =
            SupportedFields.of(Cluster.SlowStartConfig.class)
                    .obeyed("slow_start_window")
                    .nested("aggression", () -> RUNTIME_DOUBLE)
                    .nested("min_weight_percent", () -> PERCENT);

    static final SupportedFields OLD_ROUND_ROBIN =
            SupportedFields.of(Cluster.RoundRobinLbConfig.class)
                    .nested("slow_start_config", () -> OLD_SLOW_START);

    static final SupportedFields OLD_LEAST_REQUEST =
            SupportedFields.of(Cluster.LeastRequestLbConfig.class)
                    .obeyed("choice_count")
                    .nested("active_request_bias", () -> RUNTIME_DOUBLE)
                    .nested("slow_start_config", () -> OLD_SLOW_START);

    static final SupportedFields OLD_RING_HASH =
            SupportedFields.of(Cluster.RingHashLbConfig.class)
                    .obeyed("minimum_ring_size", "hash_function", "maximum_ring_size");

    static final SupportedFields OLD_MAGLEV =
            SupportedFields.of(Cluster.MaglevLbConfig.class).obeyed("table_size");

    private static final SupportedFields OLD_SELECTOR =
            SupportedFields.of(Cluster.LbSubsetConfig.LbSubsetSelector.class)
                    .obeyed("keys", "single_host_per_subset")
                    .obeyed("fallback_policy", "fallback_keys_subset");

    static final SupportedFields OLD_SUBSET =
            SupportedFields.of(Cluster.LbSubsetConfig.class)
                    .obeyed("fallback_policy", "default_subset")
                    .nested("subset_selectors", () -> OLD_SELECTOR)
                    .obeyed("locality_weight_aware", "scale_locality_weight", "panic_mode_any")
                    .obeyed("list_as_any", "metadata_fallback_policy");

    private static final SupportedFields OLD_ZONE_AWARE =
            SupportedFields.of(Cluster.CommonLbConfig.ZoneAwareLbConfig.class)
                    .nested("routing_enabled", () -> PERCENT)
                    .obeyed("min_cluster_size", "fail_traffic_on_panic");

    private static final SupportedFields OLD_WEIGHTED =
            SupportedFields.of(Cluster.CommonLbConfig.LocalityWeightedLbConfig.class);

    private static final SupportedFields OLD_HASHING =
            SupportedFields.of(Cluster.CommonLbConfig.ConsistentHashingLbConfig.class)
                    .obeyed("use_hostname_for_hashing", "hash_balance_factor");

    private static final SupportedFields STATUSES =
            SupportedFields.of(HealthStatusSet.class).obeyed("statuses");

    static final SupportedFields COMMON =
            SupportedFields.of(Cluster.CommonLbConfig.class)
                    .nested("healthy_panic_threshold", () -> PERCENT)
                    .nested("zone_aware_lb_config", () -> OLD_ZONE_AWARE)
                    .nested("locality_weighted_lb_config", () -> OLD_WEIGHTED)
                    .obeyed("update_merge_window", "ignore_new_hosts_until_first_hc")
                    .obeyed("close_connections_on_host_set_change")
                    .nested("consistent_hashing_lb_config", () -> OLD_HASHING)
                    .nested("override_host_status", () -> STATUSES);

    // The newer form.

    private static final SupportedFields SLOW_START =
            SupportedFields.of(SlowStartConfig.class)
                    .obeyed("slow_start_window")
                    .nested("aggression", () -> RUNTIME_DOUBLE)
                    .nested("min_weight_percent", () -> PERCENT);

    private static final SupportedFields ZONE_AWARE =
            SupportedFields.of(LocalityLbConfig.ZoneAwareLbConfig.class)
                    .nested("routing_enabled", () -> PERCENT)
                    .obeyed("min_cluster_size", "fail_traffic_on_panic")
                    .obeyed("force_locality_direct_routing");

    private static final SupportedFields WEIGHTED =
            SupportedFields.of(LocalityLbConfig.LocalityWeightedLbConfig.class);

    private static final SupportedFields LOCALITY =
            SupportedFields.of(LocalityLbConfig.class)
                    .nested("zone_aware_lb_config", () -> ZONE_AWARE)
                    .nested("locality_weighted_lb_config", () -> WEIGHTED);

    private static final SupportedFields HASHING =
            SupportedFields.of(ConsistentHashingLbConfig.class)
                    .obeyed("use_hostname_for_hashing", "hash_balance_factor");

    private static final SupportedFields ROUND_ROBIN =
            SupportedFields.of(RoundRobin.class)
                    .nested("slow_start_config", () -> SLOW_START)
                    .nested("locality_lb_config", () -> LOCALITY);

    private static final SupportedFields LEAST_REQUEST =
            SupportedFields.of(LeastRequest.class)
                    .obeyed("choice_count")
                    .nested("active_request_bias", () -> RUNTIME_DOUBLE)
                    .nested("slow_start_config", () -> SLOW_START)
                    .nested("locality_lb_config", () -> LOCALITY)
                    .noEffect("enable_full_scan", "Envoy reads selection_method instead")
                    .obeyed("selection_method");

    private static final SupportedFields RANDOM =
            SupportedFields.of(Random.class).nested("locality_lb_config", () -> LOCALITY);

    private static final SupportedFields RING_HASH =
            SupportedFields.of(RingHash.class)
                    .obeyed("hash_function", "minimum_ring_size", "maximum_ring_size")
                    .obeyed("use_hostname_for_hashing", "hash_balance_factor")
                    .nested("consistent_hashing_lb_config", () -> HASHING)
                    .nested("locality_weighted_lb_config", () -> WEIGHTED);

    private static final SupportedFields MAGLEV =
            SupportedFields.of(Maglev.class)
                    .obeyed("table_size")
                    .nested("consistent_hashing_lb_config", () -> HASHING)
                    .nested("locality_weighted_lb_config", () -> WEIGHTED);

    private static final SupportedFields CLUSTER_PROVIDED =
            SupportedFields.of(ClusterProvided.class);

    private static final SupportedFields SELECTOR =
            SupportedFields.of(Subset.LbSubsetSelector.class)
                    .obeyed("keys", "single_host_per_subset")
                    .obeyed("fallback_policy", "fallback_keys_subset");

    private static final SupportedFields SUBSET =
            SupportedFields.of(Subset.class)
                    .obeyed("fallback_policy", "default_subset")
                    .nested("subset_selectors", () -> SELECTOR)
                    .obeyed("allow_redundant_keys")
                    .obeyed("locality_weight_aware", "scale_locality_weight", "panic_mode_any")
                    .obeyed("list_as_any", "metadata_fallback_policy")
                    .nested("subset_lb_policy", LoadBalancingFields::inSubset);

    /** A policy nobody here knows is passed over for the next one (LB16). */
    private static final SupportedFields EXTENSION =
            SupportedFields.of(TypedExtensionConfig.class, "load balancing policy")
                    .obeyed("name")
                    .knownExtension(
                            "typed_config",
                            List.of(
                                    () -> ROUND_ROBIN,
                                    () -> LEAST_REQUEST,
                                    () -> RANDOM,
                                    () -> RING_HASH,
                                    () -> MAGLEV,
                                    () -> CLUSTER_PROVIDED,
                                    () -> SUBSET));

    private static final SupportedFields POLICY =
            SupportedFields.of(LoadBalancingPolicy.Policy.class)
                    .nested("typed_extension_config", () -> EXTENSION);

    static final SupportedFields POLICIES =
            SupportedFields.of(LoadBalancingPolicy.class).nested("policies", () -> POLICY);

    private LoadBalancingFields() {}

    private static SupportedFields inSubset() {
        return POLICIES;
    }
}
