// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The HTTP connection manager. Durations of zero mean "off" where Envoy's field documents it so.
 *
 * @param via appended to {@code via}; empty for none
 */
public record HttpConnectionManagerConfig(
        String statPrefix,
        RouteSource routeSource,
        List<HttpFilterConfig> httpFilters,
        CodecType codecType,
        Http1Options http1Options,
        ServerHeader serverHeader,
        String serverName,
        boolean useRemoteAddress,
        int xffNumTrustedHops,
        boolean skipXffAppend,
        boolean generateRequestId,
        boolean preserveExternalRequestId,
        boolean alwaysSetRequestIdInResponse,
        String via,
        boolean normalizePath,
        boolean mergeSlashes,
        boolean stripMatchingHostPort,
        boolean stripAnyHostPort,
        boolean stripTrailingHostDot,
        boolean proxy100Continue,
        boolean streamErrorOnInvalidHttpMessage,
        int maxRequestHeadersBytes,
        int maxHeadersCount,
        int maxRequestsPerConnection,
        Duration streamIdleTimeout,
        Duration requestTimeout,
        Duration requestHeadersTimeout,
        Duration idleTimeout,
        Optional<Duration> maxConnectionDuration,
        Optional<Duration> maxStreamDuration,
        Duration drainTimeout,
        Duration delayedCloseTimeout,
        List<AccessLogConfig> accessLogs) {
    public HttpConnectionManagerConfig {
        httpFilters = List.copyOf(httpFilters);
        accessLogs = List.copyOf(accessLogs);
    }

    /** HTTP2 follows. AUTO serves HTTP/1.1 until then. */
    public enum CodecType {
        AUTO,
        HTTP1
    }

    public enum ServerHeader {
        OVERWRITE,
        APPEND_IF_ABSENT,
        PASS_THROUGH
    }

    /** {@code Http1ProtocolOptions} of the downstream side. */
    public record Http1Options(
            boolean allowAbsoluteUrl,
            boolean acceptHttp10,
            String defaultHostForHttp10,
            boolean enableTrailers,
            boolean allowChunkedLength,
            boolean allowCustomMethods) {}

    /** Where the route table comes from. */
    public sealed interface RouteSource {
        record Inline(RouteTable table) implements RouteSource {}

        record Rds(String routeConfigName) implements RouteSource {}
    }
}
