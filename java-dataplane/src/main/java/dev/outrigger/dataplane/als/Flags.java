// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.als;

import dev.outrigger.dataplane.message.ResponseFlag;
import io.envoyproxy.envoy.data.accesslog.v3.ResponseFlags;

/** Response flags as fields of an entry. */
final class Flags {
    private Flags() {}

    static void set(ResponseFlags.Builder flags, ResponseFlag flag) {
        switch (flag) {
            case DOWNSTREAM_CONNECTION_TERMINATION ->
                    flags.setDownstreamConnectionTermination(true);
            case NO_HEALTHY_UPSTREAM -> flags.setNoHealthyUpstream(true);
            case UPSTREAM_REQUEST_TIMEOUT -> flags.setUpstreamRequestTimeout(true);
            case LOCAL_RESET -> flags.setLocalReset(true);
            case UPSTREAM_REMOTE_RESET -> flags.setUpstreamRemoteReset(true);
            case UPSTREAM_CONNECTION_FAILURE -> flags.setUpstreamConnectionFailure(true);
            case UPSTREAM_CONNECTION_TERMINATION -> flags.setUpstreamConnectionTermination(true);
            case UPSTREAM_OVERFLOW -> flags.setUpstreamOverflow(true);
            case UPSTREAM_RETRY_LIMIT_EXCEEDED -> flags.setUpstreamRetryLimitExceeded(true);
            case NO_ROUTE_FOUND -> flags.setNoRouteFound(true);
            case STREAM_IDLE_TIMEOUT -> flags.setStreamIdleTimeout(true);
            case DOWNSTREAM_PROTOCOL_ERROR -> flags.setDownstreamProtocolError(true);
            case UPSTREAM_PROTOCOL_ERROR -> flags.setUpstreamProtocolError(true);
            case NO_CLUSTER_FOUND -> flags.setNoClusterFound(true);
            case OVERLOAD_MANAGER -> flags.setOverloadManager(true);
            case DNS_RESOLUTION_FAILED -> flags.setDnsResolutionFailure(true);
            case DURATION_TIMEOUT -> flags.setDurationTimeout(true);
            case UPSTREAM_MAX_STREAM_DURATION_REACHED ->
                    flags.setUpstreamMaxStreamDurationReached(true);
            case INVALID_ENVOY_REQUEST_HEADERS -> flags.setInvalidEnvoyRequestHeaders(true);
            case FAILED_LOCAL_HEALTH_CHECK -> flags.setFailedLocalHealthcheck(true);
            case DELAY_INJECTED -> flags.setDelayInjected(true);
            case FAULT_INJECTED -> flags.setFaultInjected(true);
            case RATE_LIMITED -> flags.setRateLimited(true);
            case NO_FILTER_CONFIG_FOUND -> flags.setNoFilterConfigFound(true);
            case DOWNSTREAM_REMOTE_RESET -> flags.setDownstreamRemoteReset(true);
            // The API this is built with has no fields for these yet.
            case DROP_OVERLOAD, UNCONDITIONAL_DROP_OVERLOAD -> {}
        }
    }
}
