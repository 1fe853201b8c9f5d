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

    /** The last four also for one caller: {@code fault.http.<downstream cluster>.…}. */
    private static final Pattern KNOWN =
            Pattern.compile(
                    "fault\\.http\\.(.+\\.)?(delay|abort|max_active_faults|rate_limit)(\\..+)?"
                            + "|envoy\\.resource_limits\\.listener\\..+\\.connection_limit");

    private RuntimeKeys() {}

    /** Whether something here reads the key without the configuration naming it. */
    public static boolean isRead(String key) {
        return KNOWN.matcher(key).matches();
    }
}
