// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.accesslog.GrpcStatuses;
import dev.outrigger.dataplane.accesslog.LogFilter;
import dev.outrigger.dataplane.config.AccessLogFilterConfig;
import dev.outrigger.dataplane.config.MetadataValue;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.route.HeaderMatcher;
import dev.outrigger.dataplane.route.MetadataMatcher;
import java.util.List;
import java.util.Set;

/** Compiles {@code AccessLogFilter}s, of access logs and of local reply mappers. */
public final class LogFilters {
    /** The hexadecimal digits of a request id that decide by chance. */
    private static final int RANDOM_DIGITS = 8;

    private LogFilters() {}

    /** The filter that the configuration describes. */
    public static LogFilter compile(AccessLogFilterConfig config) {
        return switch (config) {
            case AccessLogFilterConfig.Always() -> LogFilter.ALWAYS;
            case AccessLogFilterConfig.StatusCode(var comparison) ->
                    c -> comparison.holds(c.info().responseCode());
            case AccessLogFilterConfig.DurationMillis(var comparison) ->
                    c -> comparison.holds(c.info().durationMillis());
            case AccessLogFilterConfig.NotHealthCheck() -> c -> !c.info().isHealthCheck();
            case AccessLogFilterConfig.Traceable() -> c -> false;
            case AccessLogFilterConfig.RuntimeFraction fraction -> c -> chosen(fraction, c);
            case AccessLogFilterConfig.And(var filters) -> {
                LogFilter[] all = compileAll(filters);
                yield c -> {
                    for (LogFilter each : all) {
                        if (!each.matches(c)) {
                            return false;
                        }
                    }
                    return true;
                };
            }
            case AccessLogFilterConfig.Or(var filters) -> {
                LogFilter[] all = compileAll(filters);
                yield c -> {
                    for (LogFilter each : all) {
                        if (each.matches(c)) {
                            return true;
                        }
                    }
                    return false;
                };
            }
            case AccessLogFilterConfig.Header(var matcher) -> {
                HeaderMatcher compiled = HeaderMatcher.of(matcher);
                yield c -> c.request() != null && compiled.matches(c.request().headers());
            }
            case AccessLogFilterConfig.ResponseFlags(Set<String> flags) ->
                    c -> flags.isEmpty() ? c.info().hasFlags() : c.info().hasAnyFlag(flags);
            case AccessLogFilterConfig.GrpcStatus(Set<Integer> statuses, boolean exclude) ->
                    c -> statuses.contains(grpcStatus(c)) != exclude;
            case AccessLogFilterConfig.LogType(Set<String> types, boolean exclude) ->
                    c -> types.contains(c.info().logType().text()) != exclude;
            case AccessLogFilterConfig.DynamicMetadata(var matcher, boolean otherwise) -> {
                MetadataMatcher compiled = matcher.map(MetadataMatcher::of).orElse(null);
                yield c -> {
                    MetadataValue found =
                            compiled == null ? null : compiled.find(c.info().findDynamicMetadata());
                    if (found == null || compiled == null) {
                        return otherwise;
                    }
                    return compiled.holds(found);
                };
            }
        };
    }

    private static LogFilter[] compileAll(List<AccessLogFilterConfig> configs) {
        return configs.stream().map(LogFilters::compile).toArray(LogFilter[]::new);
    }

    /** By the request id, so that one request is chosen everywhere or nowhere. */
    private static boolean chosen(
            AccessLogFilterConfig.RuntimeFraction fraction, FormatContext context) {
        long random = context.info().startNanos() >>> 3;
        if (!fraction.independent() && context.request() != null) {
            String id = context.request().headers().text(KnownHeader.X_REQUEST_ID);
            if (id != null && id.length() >= RANDOM_DIGITS) {
                try {
                    random = Long.parseLong(id.substring(0, RANDOM_DIGITS), 16);
                } catch (NumberFormatException e) {
                    // Not one of ours: by chance, then.
                }
            }
        }
        return random % fraction.denominator() < fraction.numerator();
    }

    private static int grpcStatus(FormatContext context) {
        long named = GrpcStatuses.named(context);
        return named < 0
                ? GrpcStatuses.ofHttp(context.info().responseCode())
                : (int) Math.min(named, Integer.MAX_VALUE);
    }
}
