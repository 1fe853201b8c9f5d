// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

/** Envoy's response flags (7.7): why an exchange did not simply get the upstream's answer. */
public enum ResponseFlag {
    DOWNSTREAM_CONNECTION_TERMINATION("DC", "DownstreamConnectionTermination"),
    NO_HEALTHY_UPSTREAM("UH", "NoHealthyUpstream"),
    UPSTREAM_REQUEST_TIMEOUT("UT", "UpstreamRequestTimeout"),
    LOCAL_RESET("LR", "LocalReset"),
    UPSTREAM_REMOTE_RESET("UR", "UpstreamRemoteReset"),
    UPSTREAM_CONNECTION_FAILURE("UF", "UpstreamConnectionFailure"),
    UPSTREAM_CONNECTION_TERMINATION("UC", "UpstreamConnectionTermination"),
    UPSTREAM_OVERFLOW("UO", "UpstreamOverflow"),
    UPSTREAM_RETRY_LIMIT_EXCEEDED("URX", "UpstreamRetryLimitExceeded"),
    NO_ROUTE_FOUND("NR", "NoRouteFound"),
    STREAM_IDLE_TIMEOUT("SI", "StreamIdleTimeout"),
    DOWNSTREAM_PROTOCOL_ERROR("DPE", "DownstreamProtocolError"),
    UPSTREAM_PROTOCOL_ERROR("UPE", "UpstreamProtocolError"),
    NO_CLUSTER_FOUND("NC", "NoClusterFound"),
    OVERLOAD_MANAGER("OM", "OverloadManagerTerminated"),
    DNS_RESOLUTION_FAILED("DF", "DnsResolutionFailed"),
    DURATION_TIMEOUT("DT", "DurationTimeout"),
    UPSTREAM_MAX_STREAM_DURATION_REACHED("UMSDR", "UpstreamMaxStreamDurationReached"),
    INVALID_ENVOY_REQUEST_HEADERS("IH", "InvalidEnvoyRequestHeaders"),
    DROP_OVERLOAD("DO", "DropOverload"),
    UNCONDITIONAL_DROP_OVERLOAD("UDO", "UnconditionalDropOverload"),
    FAILED_LOCAL_HEALTH_CHECK("LH", "FailedLocalHealthCheck"),
    DELAY_INJECTED("DI", "DelayInjected"),
    FAULT_INJECTED("FI", "FaultInjected"),
    RATE_LIMITED("RL", "RateLimited"),
    NO_FILTER_CONFIG_FOUND("NFCF", "NoFilterConfigFound"),
    DOWNSTREAM_REMOTE_RESET("DR", "DownstreamRemoteReset");

    private final String text;
    private final String longText;

    ResponseFlag(String text, String longText) {
        this.text = text;
        this.longText = longText;
    }

    /** The long form Envoy logs. */
    public String longText() {
        return longText;
    }

    /** The short form Envoy logs. */
    public String text() {
        return text;
    }
}
