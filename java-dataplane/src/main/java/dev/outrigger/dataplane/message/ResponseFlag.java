// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

/** Envoy's response flags (7.7): why an exchange did not simply get the upstream's answer. */
public enum ResponseFlag {
    DOWNSTREAM_CONNECTION_TERMINATION("DC"),
    NO_HEALTHY_UPSTREAM("UH"),
    UPSTREAM_REQUEST_TIMEOUT("UT"),
    LOCAL_RESET("LR"),
    UPSTREAM_REMOTE_RESET("UR"),
    UPSTREAM_CONNECTION_FAILURE("UF"),
    UPSTREAM_CONNECTION_TERMINATION("UC"),
    UPSTREAM_OVERFLOW("UO"),
    UPSTREAM_RETRY_LIMIT_EXCEEDED("URX"),
    NO_ROUTE_FOUND("NR"),
    STREAM_IDLE_TIMEOUT("SI"),
    DOWNSTREAM_PROTOCOL_ERROR("DPE"),
    UPSTREAM_PROTOCOL_ERROR("UPE"),
    NO_CLUSTER_FOUND("NC"),
    OVERLOAD_MANAGER("OM"),
    DURATION_TIMEOUT("DT"),
    UPSTREAM_MAX_STREAM_DURATION_REACHED("UMSDR"),
    INVALID_ENVOY_REQUEST_HEADERS("IH"),
    DROP_OVERLOAD("DO"),
    UNCONDITIONAL_DROP_OVERLOAD("UDO"),
    FAILED_LOCAL_HEALTH_CHECK("LH"),
    DELAY_INJECTED("DI"),
    FAULT_INJECTED("FI"),
    RATE_LIMITED("RL"),
    DOWNSTREAM_REMOTE_RESET("DR");

    private final String text;

    ResponseFlag(String text) {
        this.text = text;
    }

    /** The short form Envoy logs. */
    public String text() {
        return text;
    }
}
