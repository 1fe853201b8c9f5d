// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.runtime;

import java.util.regex.Pattern;

/**
 * The keys somebody reads, so that the log can name those nobody does. Keys that configuration
 * names itself ({@code runtime_key} and the like) are read wherever they stand and not listed.
 */
public final class RuntimeKeys {
    /** The fault filter's own, used where its configuration names none. */
    public static final String FAULT_DELAY_PERCENT = "fault.http.delay.fixed_delay_percent";

    public static final String FAULT_ABORT_PERCENT = "fault.http.abort.abort_percent";
    public static final String FAULT_DELAY_DURATION = "fault.http.delay.fixed_duration_ms";
    public static final String FAULT_ABORT_HTTP_STATUS = "fault.http.abort.http_status";
    public static final String FAULT_ABORT_GRPC_STATUS = "fault.http.abort.grpc_status";
    public static final String FAULT_MAX_ACTIVE = "fault.http.max_active_faults";
    public static final String FAULT_RATE_LIMIT_PERCENT = "fault.http.rate_limit.response_percent";

    /** Before and after the name of a listener: how many connections it may have. */
    public static final String LISTENER_PREFIX = "envoy.resource_limits.listener.";

    public static final String CONNECTION_LIMIT_SUFFIX = ".connection_limit";

    /** Whether anything is retried at all, in percent (RT3). */
    public static final String USE_RETRY = "upstream.use_retry";

    /** Before the name of a cluster: the share of its requests that is answered 503. */
    public static final String MAINTENANCE_PREFIX = "upstream.maintenance_mode.";

    public static final String PANIC_THRESHOLD = "upstream.healthy_panic_threshold";
    public static final String ZONE_ROUTING_ENABLED = "upstream.zone_routing.enabled";
    public static final String ZONE_ROUTING_MIN_SIZE = "upstream.zone_routing.min_cluster_size";

    /** Before the name of a cluster and of a priority. */
    public static final String CIRCUIT_BREAKERS_PREFIX = "circuit_breakers.";

    public static final String HEALTH_CHECK_MIN_INTERVAL = "health_check.min_interval";
    public static final String HEALTH_CHECK_MAX_INTERVAL = "health_check.max_interval";
    public static final String HEALTH_CHECK_VERIFY_CLUSTER = "health_check.verify_cluster";

    /** The last four also for one caller: {@code fault.http.<downstream cluster>.…}. */
    private static final Pattern KNOWN =
            Pattern.compile(
                    "fault\\.http\\.(.+\\.)?(delay|abort|max_active_faults|rate_limit)(\\..+)?"
                            + "|envoy\\.resource_limits\\.listener\\..+\\.connection_limit"
                            + "|upstream\\.(use_retry|maintenance_mode\\..+"
                            + "|healthy_panic_threshold|zone_routing\\.(enabled|min_cluster_size))"
                            + "|circuit_breakers\\..+\\.(default|high)\\.(max_(connections"
                            + "|pending_requests|requests|retries|connection_pools)"
                            + "|retry_budget\\.(budget_percent|min_retry_concurrency))"
                            + "|health_check\\.(min_interval|max_interval|verify_cluster)"
                            + "|outlier_detection\\.[a-z0-9_]+"
                            + "|overload\\.premature_reset_[a-z_]+");

    private RuntimeKeys() {}

    /** Whether something here reads the key without the configuration naming it. */
    public static boolean isRead(String key) {
        return KNOWN.matcher(key).matches();
    }
}
