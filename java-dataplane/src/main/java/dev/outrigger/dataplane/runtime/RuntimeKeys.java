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

    /** From which size on a regular expression is refused, and warned of. */
    public static final String RE2_ERROR_LEVEL = "re2.max_program_size.error_level";

    public static final String RE2_WARN_LEVEL = "re2.max_program_size.warn_level";

    /** Before and after the name of a listener: how many connections it may have. */
    public static final String LISTENER_PREFIX = "envoy.resource_limits.listener.";

    public static final String CONNECTION_LIMIT_SUFFIX = ".connection_limit";

    /** Whether anything is retried at all, in percent (RT3). */
    public static final String USE_RETRY = "upstream.use_retry";

    /** The first pause before a retry where no policy says, in milliseconds (RT13). */
    public static final String BASE_RETRY_BACKOFF = "upstream.base_retry_backoff_ms";

    /** Of connection managers that do not say whether they normalise paths, in percent. */
    public static final String NORMALIZE_PATH = "http_connection_manager.normalize_path";

    /** The action of connection managers that name none, by number. */
    public static final String ESCAPED_SLASHES =
            "http_connection_manager.path_with_escaped_slashes_action";

    /** The share of connection managers that act at all. */
    public static final String ESCAPED_SLASHES_ENABLED =
            "http_connection_manager.path_with_escaped_slashes_action_enabled";

    /** How many requests of one read a connection has handled at once; others wait. */
    public static final String MAX_REQUESTS_PER_IO_CYCLE = "http.max_requests_per_io_cycle";

    /** How many connections all listeners may have together. */
    public static final String GLOBAL_CONNECTIONS = "overload.global_downstream_max_connections";

    /** Before the name of a cluster: the share of its requests that is answered 503. */
    public static final String MAINTENANCE_PREFIX = "upstream.maintenance_mode.";

    public static final String PANIC_THRESHOLD = "upstream.healthy_panic_threshold";
    public static final String ZONE_ROUTING_ENABLED = "upstream.zone_routing.enabled";
    public static final String ZONE_ROUTING_MIN_SIZE = "upstream.zone_routing.min_cluster_size";

    /** How many healthy hosts in the proxy's own zone are enough for all requests. */
    public static final String ZONE_ROUTING_LOCAL_MIN_SIZE =
            "upstream.zone_routing.force_local_zone.min_size";

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
                            + "|upstream\\.(use_retry|base_retry_backoff_ms|maintenance_mode\\..+"
                            + "|healthy_panic_threshold|zone_routing\\.(enabled|min_cluster_size"
                            + "|force_local_zone\\.min_size))"
                            + "|http_connection_manager\\.(normalize_path"
                            + "|path_with_escaped_slashes_action(_enabled)?)"
                            + "|circuit_breakers\\..+\\.(default|high)\\.(max_(connections"
                            + "|pending_requests|requests|retries|connection_pools)"
                            + "|retry_budget\\.(budget_percent|min_retry_concurrency))"
                            + "|health_check\\.(min_interval|max_interval|verify_cluster)"
                            + "|re2\\.max_program_size\\.(error|warn)_level"
                            + "|http\\.max_requests_per_io_cycle"
                            + "|outlier_detection\\.[a-z0-9_]+"
                            + "|overload\\.(premature_reset_[a-z_]+|global_downstream_max_connections)");

    private RuntimeKeys() {}

    /** Whether something here reads the key without the configuration naming it. */
    public static boolean isRead(String key) {
        return KNOWN.matcher(key).matches();
    }
}
