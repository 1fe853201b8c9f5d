// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.RuntimeFractionalPercent;
import dev.outrigger.dataplane.filter.localratelimit.LocalRateLimitConfig;
import dev.outrigger.dataplane.filter.localratelimit.LocalRateLimitConfig.Bucket;
import dev.outrigger.dataplane.filter.localratelimit.LocalRateLimitConfig.Descriptor;
import dev.outrigger.dataplane.filter.localratelimit.LocalRateLimitConfig.VhRateLimits;
import dev.outrigger.dataplane.route.RateLimitDescriptor;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.LocalRateLimitDescriptor;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.XRateLimitHeadersRFCVersion;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.envoyproxy.envoy.type.v3.TokenBucket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** {@code envoy.filters.http.local_ratelimit}, the same message for the filter and for routes. */
final class LocalRateLimitFilterParser {
    private static final SupportedFields BUCKET =
            SupportedFields.of(TokenBucket.class)
                    .obeyed("max_tokens", "tokens_per_fill", "fill_interval");

    private static final SupportedFields STATUS =
            SupportedFields.of(HttpStatus.class).obeyed("code");

    private static final SupportedFields DESCRIPTOR =
            SupportedFields.of(LocalRateLimitDescriptor.class)
                    .obeyed("entries")
                    .nested("token_bucket", () -> BUCKET);

    private static final SupportedFields LIMIT =
            SupportedFields.of(LocalRateLimit.class)
                    .obeyed(
                            "stat_prefix",
                            "stage",
                            "local_rate_limit_per_downstream_connection",
                            "enable_x_ratelimit_headers",
                            "vh_rate_limits",
                            "always_consume_default_token_bucket",
                            "rate_limited_as_resource_exhausted",
                            "max_dynamic_descriptors")
                    .nested("status", () -> STATUS)
                    .nested("token_bucket", () -> BUCKET)
                    .nested("filter_enabled", () -> Fractions.RUNTIME_FRACTION)
                    .nested("filter_enforced", () -> Fractions.RUNTIME_FRACTION)
                    .nested(
                            "request_headers_to_add_when_not_enforced",
                            () -> HeaderEditsParser.HEADER_OPTION)
                    .nested("response_headers_to_add", () -> HeaderEditsParser.HEADER_OPTION)
                    .nested("descriptors", () -> DESCRIPTOR)
                    .nested("rate_limits", () -> RateLimitParser.OWN_RATE_LIMIT);

    static final HttpFilterType TYPE =
            HttpFilterType.of(
                            "envoy.filters.http.local_ratelimit",
                            LocalRateLimit.class,
                            LIMIT,
                            LocalRateLimitFilterParser::parse)
                    .withRoute(
                            LocalRateLimit.class, LIMIT, LocalRateLimitFilterParser::parseForRoute);

    private static final int TOO_MANY_REQUESTS = 429;
    private static final int FIRST_ERROR = 400;
    private static final int DEFAULT_MAX_DYNAMIC_DESCRIPTORS = 20;
    private static final Duration MIN_FILL_INTERVAL = Duration.ofMillis(50);

    private LocalRateLimitFilterParser() {}

    private static LocalRateLimitConfig parseForRoute(
            LocalRateLimit proto, String path, Findings findings) {
        if (!proto.hasTokenBucket()) {
            findings.invalid(
                    FieldPaths.join(path, "token_bucket"),
                    "",
                    "local rate limit token bucket must be set for per filter configs");
        }
        return parse(proto, path, findings);
    }

    private static LocalRateLimitConfig parse(
            LocalRateLimit proto, String path, Findings findings) {
        return new LocalRateLimitConfig(
                proto.getStatPrefix(),
                status(proto),
                bucket(proto, path, findings),
                proto.hasFilterEnabled() ? fraction(proto.getFilterEnabled()) : Optional.empty(),
                proto.hasFilterEnforced() ? fraction(proto.getFilterEnforced()) : Optional.empty(),
                HeaderEditsParser.additions(
                        proto.getRequestHeadersToAddWhenNotEnforcedList(),
                        FieldPaths.join(path, "request_headers_to_add_when_not_enforced"),
                        findings),
                HeaderEditsParser.additions(
                        proto.getResponseHeadersToAddList(),
                        FieldPaths.join(path, "response_headers_to_add"),
                        findings),
                descriptors(proto, path, findings),
                proto.getStage(),
                proto.getLocalRateLimitPerDownstreamConnection(),
                proto.getEnableXRatelimitHeaders() == XRateLimitHeadersRFCVersion.DRAFT_VERSION_03,
                switch (proto.getVhRateLimits()) {
                    case INCLUDE -> VhRateLimits.INCLUDE;
                    case IGNORE -> VhRateLimits.IGNORE;
                    case OVERRIDE, UNRECOGNIZED -> VhRateLimits.OVERRIDE;
                },
                !proto.hasAlwaysConsumeDefaultTokenBucket()
                        || proto.getAlwaysConsumeDefaultTokenBucket().getValue(),
                proto.getRateLimitedAsResourceExhausted(),
                RateLimitParser.parse(
                        proto.getRateLimitsList(), FieldPaths.join(path, "rate_limits"), findings),
                proto.hasMaxDynamicDescriptors()
                        ? Values.clamp(proto.getMaxDynamicDescriptors())
                        : DEFAULT_MAX_DYNAMIC_DESCRIPTORS);
    }

    /** Only errors are replies to who comes too often. */
    private static int status(LocalRateLimit proto) {
        int code = proto.getStatus().getCodeValue();
        return code >= FIRST_ERROR ? code : TOO_MANY_REQUESTS;
    }

    private static Optional<RuntimeFractionalPercent> fraction(
            io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent proto) {
        return Optional.of(Fractions.runtime(proto));
    }

    private static Optional<Bucket> bucket(LocalRateLimit proto, String path, Findings findings) {
        if (!proto.hasTokenBucket()) {
            return Optional.empty();
        }
        return Optional.of(
                bucket(
                        proto.getTokenBucket(),
                        FieldPaths.join(path, "token_bucket"),
                        "local rate limit token bucket fill timer must be >= 50ms",
                        findings));
    }

    private static Bucket bucket(
            TokenBucket proto, String path, String tooFast, Findings findings) {
        Duration interval =
                Values.duration(
                        proto.getFillInterval(), FieldPaths.join(path, "fill_interval"), findings);
        if (interval.compareTo(MIN_FILL_INTERVAL) < 0) {
            findings.invalid(FieldPaths.join(path, "fill_interval"), interval, tooFast);
        }
        return new Bucket(
                Integer.toUnsignedLong(proto.getMaxTokens()),
                proto.hasTokensPerFill() ? Values.unsigned(proto.getTokensPerFill()) : 1,
                interval);
    }

    private static List<Descriptor> descriptors(
            LocalRateLimit proto, String path, Findings findings) {
        var descriptors = new ArrayList<Descriptor>();
        var seen = new HashSet<List<RateLimitDescriptor.Entry>>();
        for (int i = 0; i < proto.getDescriptorsCount(); i++) {
            LocalRateLimitDescriptor each = proto.getDescriptors(i);
            String at = FieldPaths.index(FieldPaths.join(path, "descriptors"), i);
            List<RateLimitDescriptor.Entry> entries =
                    each.getEntriesList().stream()
                            .map(e ->
                                    RateLimitDescriptor.Entry.configured(e.getKey(), e.getValue()))
                            .toList();
            if (!seen.add(entries)) {
                findings.invalid(
                        at,
                        entries,
                        "duplicate descriptor in the local rate descriptor: " + text(entries));
            }
            descriptors.add(
                    new Descriptor(
                            entries,
                            bucket(
                                    each.getTokenBucket(),
                                    FieldPaths.join(at, "token_bucket"),
                                    "local rate limit descriptor token bucket fill timer must be"
                                            + " >= 50ms",
                                    findings)));
        }
        return descriptors;
    }

    private static String text(List<RateLimitDescriptor.Entry> entries) {
        return String.join(", ", entries.stream().map(e -> e.key() + "=" + e.value()).toList());
    }
}
