// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import dev.outrigger.dataplane.config.RouteMatchConfig.ValueMatch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The HTTP connection manager. Durations of zero mean "off" where Envoy's field documents it so.
 *
 * @param via appended to {@code via}; empty for none
 * @param normalizePath absent: runtime says
 * @param pathWithEscapedSlashesAction absent: runtime says
 * @param upgrades by lower-case type (W1); a route may say otherwise
 */
public record HttpConnectionManagerConfig(
        String statPrefix,
        RouteSource routeSource,
        List<HttpFilterEntry> httpFilters,
        CodecType codecType,
        Http1Options http1Options,
        Http2Options http2Options,
        ServerHeader serverHeader,
        String serverName,
        boolean useRemoteAddress,
        int xffNumTrustedHops,
        boolean skipXffAppend,
        boolean generateRequestId,
        boolean preserveExternalRequestId,
        boolean alwaysSetRequestIdInResponse,
        String via,
        Optional<Boolean> normalizePath,
        boolean mergeSlashes,
        Optional<PathWithEscapedSlashesAction> pathWithEscapedSlashesAction,
        HeadersWithUnderscoresAction headersWithUnderscoresAction,
        Optional<InternalAddresses> internalAddresses,
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
        boolean http1SafeMaxConnectionDuration,
        Optional<Duration> maxStreamDuration,
        Duration drainTimeout,
        Duration delayedCloseTimeout,
        List<AccessLogConfig> accessLogs,
        AccessLogTimes accessLogTimes,
        ForwardingConfig forwarding,
        Map<String, UpgradeConfig> upgrades,
        LocalReplyConfig localReply) {
    public HttpConnectionManagerConfig {
        httpFilters = List.copyOf(httpFilters);
        accessLogs = List.copyOf(accessLogs);
        upgrades = Map.copyOf(upgrades);
    }

    /** The same with other filters. */
    public HttpConnectionManagerConfig withFilters(
            List<HttpFilterEntry> filters, Map<String, UpgradeConfig> byUpgrade) {
        return new HttpConnectionManagerConfig(
                statPrefix,
                routeSource,
                filters,
                codecType,
                http1Options,
                http2Options,
                serverHeader,
                serverName,
                useRemoteAddress,
                xffNumTrustedHops,
                skipXffAppend,
                generateRequestId,
                preserveExternalRequestId,
                alwaysSetRequestIdInResponse,
                via,
                normalizePath,
                mergeSlashes,
                pathWithEscapedSlashesAction,
                headersWithUnderscoresAction,
                internalAddresses,
                stripMatchingHostPort,
                stripAnyHostPort,
                stripTrailingHostDot,
                proxy100Continue,
                streamErrorOnInvalidHttpMessage,
                maxRequestHeadersBytes,
                maxHeadersCount,
                maxRequestsPerConnection,
                streamIdleTimeout,
                requestTimeout,
                requestHeadersTimeout,
                idleTimeout,
                maxConnectionDuration,
                http1SafeMaxConnectionDuration,
                maxStreamDuration,
                drainTimeout,
                delayedCloseTimeout,
                accessLogs,
                accessLogTimes,
                forwarding,
                byUpgrade,
                localReply);
    }

    /** All filters there are, those of upgrades included. */
    public Stream<HttpFilterEntry> allFilters() {
        return Stream.concat(
                httpFilters.stream(),
                upgrades.values().stream().flatMap(each -> each.filters().stream()));
    }

    /**
     * When an exchange is logged besides at its end.
     *
     * @param interval zero for never
     */
    public record AccessLogTimes(boolean onNewRequest, boolean onTunnel, Duration interval) {
        public static final AccessLogTimes END_ONLY =
                new AccessLogTimes(false, false, Duration.ZERO);
    }

    /** AUTO goes by the first bytes (C1). */
    public enum CodecType {
        AUTO,
        HTTP1,
        HTTP2
    }

    public enum ServerHeader {
        OVERWRITE,
        APPEND_IF_ABSENT,
        PASS_THROUGH
    }

    /** What happens to a path with {@code %2F} or {@code %5C} (P2). */
    public enum PathWithEscapedSlashesAction {
        KEEP_UNCHANGED,
        REJECT_REQUEST,
        UNESCAPE_AND_REDIRECT,
        UNESCAPE_AND_FORWARD
    }

    /** What happens to a request header whose name has an underscore (E7). */
    public enum HeadersWithUnderscoresAction {
        ALLOW,
        REJECT_REQUEST,
        DROP_HEADER
    }

    /**
     * {@code internal_address_config} (I2): absent, nothing is internal.
     *
     * @param ranges empty ranges in the message have been replaced by RFC 1918, RFC 4193 and
     *     loopback
     */
    public record InternalAddresses(boolean unixSockets, List<CidrRange> ranges) {
        public InternalAddresses {
            ranges = List.copyOf(ranges);
        }
    }

    /** {@code Http1ProtocolOptions} of the downstream side. */
    public record Http1Options(
            boolean allowAbsoluteUrl,
            boolean acceptHttp10,
            String defaultHostForHttp10,
            boolean enableTrailers,
            boolean allowChunkedLength,
            boolean allowCustomMethods,
            HeaderNameCase headerNameCase,
            List<ValueMatch> ignoredUpgrades) {
        public Http1Options {
            ignoredUpgrades = List.copyOf(ignoredUpgrades);
        }
    }

    /** Where the route table comes from. */
    public sealed interface RouteSource {
        record Inline(RouteTable table) implements RouteSource {}

        record Rds(String routeConfigName, ConfigSourceConfig source) implements RouteSource {}

        /**
         * A table for each scope of requests.
         *
         * @param routes where the tables come from that scopes name
         */
        record Scoped(ScopeKeyConfig key, Optional<ConfigSourceConfig> routes, Scopes scopes)
                implements RouteSource {}

        /** Which scopes there are. */
        sealed interface Scopes {
            record Inline(List<ScopeConfig> scopes) implements Scopes {
                public Inline {
                    scopes = List.copyOf(scopes);
                }
            }

            /**
             * @param reference the scoped routes' name, and where SRDS is
             */
            record Discovered(ResourceReference reference) implements Scopes {}
        }
    }
}
