// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.CidrRange;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.AccessLogTimes;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.CodecType;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.HeadersWithUnderscoresAction;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.Http1Options;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.InternalAddresses;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.PathWithEscapedSlashesAction;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.RouteSource;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.ServerHeader;
import dev.outrigger.dataplane.config.HttpFilterEntry;
import dev.outrigger.dataplane.config.RouteMatchConfig.ValueMatch;
import dev.outrigger.dataplane.config.UpgradeConfig;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.WireText;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The HTTP connection manager; its defaults are here and nowhere else. */
final class HttpConnectionManagerParser {
    /** L1. */
    private static final int DEFAULT_MAX_REQUEST_HEADERS_KB = 60;

    private static final int DEFAULT_MAX_HEADERS_COUNT = 100;

    /** The table of section 1.11. */
    private static final Duration DEFAULT_STREAM_IDLE_TIMEOUT = Duration.ofMinutes(5);

    private static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofHours(1);
    private static final Duration DEFAULT_DRAIN_TIMEOUT = Duration.ofSeconds(5);

    /** K4. */
    private static final Duration DEFAULT_DELAYED_CLOSE_TIMEOUT = Duration.ofSeconds(1);

    /** R2. */
    private static final String DEFAULT_SERVER_NAME = "envoy";

    /** I2: what an {@code internal_address_config} without ranges means. */
    private static final List<String> PRIVATE_RANGES =
            List.of(
                    "10.0.0.0/8",
                    "172.16.0.0/12",
                    "192.168.0.0/16",
                    "127.0.0.0/8",
                    "::1/128",
                    "fd00::/8");

    private final HttpConnectionManager proto;
    private final String path;
    private final Findings findings;

    private HttpConnectionManagerParser(
            HttpConnectionManager proto, String path, Findings findings) {
        this.proto = proto;
        this.path = path;
        this.findings = findings;
    }

    static HttpConnectionManagerConfig parse(
            HttpConnectionManager proto, String path, Findings findings) {
        return new HttpConnectionManagerParser(proto, path, findings).parse();
    }

    private HttpConnectionManagerConfig parse() {
        var common = proto.getCommonHttpProtocolOptions();
        Http1ProtocolOptions http1 = proto.getHttpProtocolOptions();
        return new HttpConnectionManagerConfig(
                proto.getStatPrefix(),
                routes(),
                HttpFilterParser.parse(proto.getHttpFiltersList(), at("http_filters"), findings),
                codecType(),
                http1(http1),
                Http2OptionsParser.parse(
                        proto.getHttp2ProtocolOptions(),
                        proto.getStreamErrorOnInvalidHttpMessage(),
                        at("http2_protocol_options"),
                        findings),
                serverHeader(),
                proto.getServerName().isEmpty() ? DEFAULT_SERVER_NAME : proto.getServerName(),
                proto.getUseRemoteAddress().getValue(),
                Values.clamp(Integer.toUnsignedLong(proto.getXffNumTrustedHops())),
                proto.getSkipXffAppend(),
                !proto.hasGenerateRequestId() || proto.getGenerateRequestId().getValue(),
                proto.getPreserveExternalRequestId(),
                proto.getAlwaysSetRequestIdInResponse(),
                proto.getVia(),
                proto.hasNormalizePath()
                        ? Optional.of(proto.getNormalizePath().getValue())
                        : Optional.empty(),
                proto.getMergeSlashes(),
                escapedSlashes(),
                underscores(),
                internalAddresses(),
                proto.getStripMatchingHostPort(),
                proto.getStripAnyHostPort(),
                proto.getStripTrailingHostDot(),
                proto.getProxy100Continue(),
                streamErrorOnInvalidMessage(http1),
                (proto.hasMaxRequestHeadersKb()
                                ? proto.getMaxRequestHeadersKb().getValue()
                                : DEFAULT_MAX_REQUEST_HEADERS_KB)
                        * 1024,
                common.hasMaxHeadersCount()
                        ? Values.clamp(common.getMaxHeadersCount())
                        : DEFAULT_MAX_HEADERS_COUNT,
                Values.clamp(common.getMaxRequestsPerConnection()),
                duration(
                        proto.hasStreamIdleTimeout(),
                        proto.getStreamIdleTimeout(),
                        "stream_idle_timeout",
                        DEFAULT_STREAM_IDLE_TIMEOUT),
                duration(
                        proto.hasRequestTimeout(),
                        proto.getRequestTimeout(),
                        "request_timeout",
                        Duration.ZERO),
                duration(
                        proto.hasRequestHeadersTimeout(),
                        proto.getRequestHeadersTimeout(),
                        "request_headers_timeout",
                        Duration.ZERO),
                duration(
                        common.hasIdleTimeout(),
                        common.getIdleTimeout(),
                        "common_http_protocol_options.idle_timeout",
                        DEFAULT_IDLE_TIMEOUT),
                optional(
                        common.hasMaxConnectionDuration(),
                        common.getMaxConnectionDuration(),
                        "common_http_protocol_options.max_connection_duration"),
                proto.getHttp1SafeMaxConnectionDuration(),
                optional(
                        common.hasMaxStreamDuration(),
                        common.getMaxStreamDuration(),
                        "common_http_protocol_options.max_stream_duration"),
                duration(
                        proto.hasDrainTimeout(),
                        proto.getDrainTimeout(),
                        "drain_timeout",
                        DEFAULT_DRAIN_TIMEOUT),
                duration(
                        proto.hasDelayedCloseTimeout(),
                        proto.getDelayedCloseTimeout(),
                        "delayed_close_timeout",
                        DEFAULT_DELAYED_CLOSE_TIMEOUT),
                AccessLogParser.parse(proto.getAccessLogList(), at("access_log"), findings),
                accessLogTimes(),
                ForwardingParser.parse(proto, path, findings),
                upgrades(),
                LocalReplyParser.parse(
                        proto.getLocalReplyConfig(), at("local_reply_config"), findings));
    }

    @SuppressWarnings("deprecation") // control planes still send the fields outside the options
    private AccessLogTimes accessLogTimes() {
        var options = proto.getAccessLogOptions();
        if (proto.hasAccessLogOptions()
                && (proto.hasAccessLogFlushInterval() || proto.getFlushAccessLogOnNewRequest())) {
            String field =
                    proto.getFlushAccessLogOnNewRequest()
                            ? "flush_access_log_on_new_request"
                            : "access_log_flush_interval";
            findings.invalid(
                    at(field),
                    "",
                    "Only one of " + field + " or access_log_options can be specified.");
        }
        return new AccessLogTimes(
                options.getFlushAccessLogOnNewRequest() || proto.getFlushAccessLogOnNewRequest(),
                options.getFlushLogOnTunnelSuccessfullyEstablished(),
                options.hasAccessLogFlushInterval()
                        ? Values.duration(
                                options.getAccessLogFlushInterval(),
                                at("access_log_options.access_log_flush_interval"),
                                findings)
                        : Values.duration(
                                proto.getAccessLogFlushInterval(),
                                at("access_log_flush_interval"),
                                findings));
    }

    private Map<String, UpgradeConfig> upgrades() {
        var upgrades = new HashMap<String, UpgradeConfig>();
        for (int i = 0; i < proto.getUpgradeConfigsCount(); i++) {
            var each = proto.getUpgradeConfigs(i);
            String at = FieldPaths.index(at("upgrade_configs"), i);
            boolean enabled = !each.hasEnabled() || each.getEnabled().getValue();
            List<HttpFilterEntry> filters =
                    each.getFiltersCount() == 0
                            ? List.of()
                            : HttpFilterParser.parse(
                                    each.getFiltersList(),
                                    FieldPaths.join(at, "filters"),
                                    findings);
            if (upgrades.putIfAbsent(
                            Ascii.lower(WireText.of(each.getUpgradeType())),
                            new UpgradeConfig(enabled, filters))
                    != null) {
                findings.invalid(
                        at,
                        each.getUpgradeType(),
                        "Error: multiple upgrade configs with the same name: '"
                                + each.getUpgradeType()
                                + "'");
            }
        }
        return upgrades;
    }

    private RouteSource routes() {
        return switch (proto.getRouteSpecifierCase()) {
            case RDS -> {
                String rds = at("rds");
                if (proto.getRds().getRouteConfigName().isEmpty()) {
                    findings.unsupported(
                            rds + ".route_config_name", "", "a route configuration needs a name");
                }
                yield ConfigSourceParser.source(
                                proto.getRds().getConfigSource(),
                                Asker.ROUTES,
                                rds + ".config_source",
                                findings)
                        .<RouteSource>map(source ->
                                new RouteSource.Rds(proto.getRds().getRouteConfigName(), source))
                        .orElseGet(this::noRoutes);
            }
            // A1: an inline table of a file names clusters that exist; one over LDS need not.
            case ROUTE_CONFIG ->
                    new RouteSource.Inline(
                            RouteParser.table(
                                    proto.getRouteConfig(), true, at("route_config"), findings));
            case SCOPED_ROUTES ->
                    ScopedRoutesParser.routes(
                                    proto.getScopedRoutes(), at("scoped_routes"), findings)
                            .orElseGet(this::noRoutes);
            // Reported before by the oneof's own constraint.
            case ROUTESPECIFIER_NOT_SET -> noRoutes();
        };
    }

    private RouteSource noRoutes() {
        return new RouteSource.Inline(
                RouteParser.table(proto.getRouteConfig(), false, "", findings));
    }

    private Http1Options http1(Http1ProtocolOptions options) {
        String at = at("http_protocol_options");
        var ignored = new ArrayList<ValueMatch>();
        for (int i = 0; i < options.getIgnoreHttp11UpgradeCount(); i++) {
            ignored.add(
                    RouteMatchParser.string(
                            options.getIgnoreHttp11Upgrade(i),
                            FieldPaths.index(FieldPaths.join(at, "ignore_http_11_upgrade"), i),
                            findings));
        }
        return new Http1Options(
                !options.hasAllowAbsoluteUrl() || options.getAllowAbsoluteUrl().getValue(),
                options.getAcceptHttp10(),
                options.getDefaultHostForHttp10(),
                options.getEnableTrailers(),
                options.getAllowChunkedLength(),
                options.getAllowCustomMethods(),
                HeaderNameCaseParser.parse(
                        options.getHeaderKeyFormat(),
                        FieldPaths.join(at, "header_key_format"),
                        findings),
                ignored);
    }

    private boolean streamErrorOnInvalidMessage(Http1ProtocolOptions http1) {
        return http1.hasOverrideStreamErrorOnInvalidHttpMessage()
                ? http1.getOverrideStreamErrorOnInvalidHttpMessage().getValue()
                : proto.getStreamErrorOnInvalidHttpMessage().getValue();
    }

    private CodecType codecType() {
        return switch (proto.getCodecType()) {
            case HTTP1 -> CodecType.HTTP1;
            case HTTP2 -> CodecType.HTTP2;
            // The other one was reported before.
            case AUTO, HTTP3, UNRECOGNIZED -> CodecType.AUTO;
        };
    }

    private ServerHeader serverHeader() {
        return switch (proto.getServerHeaderTransformation()) {
            case APPEND_IF_ABSENT -> ServerHeader.APPEND_IF_ABSENT;
            case PASS_THROUGH -> ServerHeader.PASS_THROUGH;
            case OVERWRITE, UNRECOGNIZED -> ServerHeader.OVERWRITE;
        };
    }

    private Optional<PathWithEscapedSlashesAction> escapedSlashes() {
        return switch (proto.getPathWithEscapedSlashesAction()) {
            case REJECT_REQUEST -> Optional.of(PathWithEscapedSlashesAction.REJECT_REQUEST);
            case UNESCAPE_AND_REDIRECT ->
                    Optional.of(PathWithEscapedSlashesAction.UNESCAPE_AND_REDIRECT);
            case UNESCAPE_AND_FORWARD ->
                    Optional.of(PathWithEscapedSlashesAction.UNESCAPE_AND_FORWARD);
            case KEEP_UNCHANGED -> Optional.of(PathWithEscapedSlashesAction.KEEP_UNCHANGED);
            case IMPLEMENTATION_SPECIFIC_DEFAULT, UNRECOGNIZED -> Optional.empty();
        };
    }

    private HeadersWithUnderscoresAction underscores() {
        return switch (proto.getCommonHttpProtocolOptions().getHeadersWithUnderscoresAction()) {
            case REJECT_REQUEST -> HeadersWithUnderscoresAction.REJECT_REQUEST;
            case DROP_HEADER -> HeadersWithUnderscoresAction.DROP_HEADER;
            case ALLOW, UNRECOGNIZED -> HeadersWithUnderscoresAction.ALLOW;
        };
    }

    private Optional<InternalAddresses> internalAddresses() {
        if (!proto.hasInternalAddressConfig()) {
            return Optional.empty();
        }
        var config = proto.getInternalAddressConfig();
        var ranges = new ArrayList<CidrRange>();
        for (int i = 0; i < config.getCidrRangesCount(); i++) {
            String each = FieldPaths.index(at("internal_address_config.cidr_ranges"), i);
            AddressParser.cidr(config.getCidrRanges(i), each, findings).ifPresent(ranges::add);
        }
        if (config.getCidrRangesCount() == 0) {
            for (String range : PRIVATE_RANGES) {
                int slash = range.indexOf('/');
                ranges.add(
                        new CidrRange(
                                AddressParser.literal(range.substring(0, slash)).orElseThrow(),
                                Integer.parseInt(range.substring(slash + 1))));
            }
        }
        return Optional.of(new InternalAddresses(config.getUnixSockets(), ranges));
    }

    private Duration duration(
            boolean present, com.google.protobuf.Duration value, String field, Duration unset) {
        return present ? Values.duration(value, at(field), findings) : unset;
    }

    private Optional<Duration> optional(
            boolean present, com.google.protobuf.Duration value, String field) {
        return present
                ? Optional.of(Values.duration(value, at(field), findings))
                : Optional.empty();
    }

    private String at(String field) {
        return FieldPaths.join(path, field);
    }
}
