// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.RetryPolicyConfig;
import dev.outrigger.dataplane.config.RetryPolicyConfig.RateLimitedBackOff;
import dev.outrigger.dataplane.config.RetryPolicyConfig.ResetHeader;
import dev.outrigger.dataplane.config.RetryPolicyConfig.RetryHostPredicate;
import dev.outrigger.dataplane.config.RetryPolicyConfig.RetryOn;
import dev.outrigger.dataplane.message.Ascii;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy.ResetHeaderFormat;
import io.envoyproxy.envoy.extensions.retry.host.omit_canary_hosts.v3.OmitCanaryHostsPredicate;
import io.envoyproxy.envoy.extensions.retry.host.omit_host_metadata.v3.OmitHostMetadataConfig;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.envoyproxy.envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** {@code envoy.config.route.v3.RetryPolicy} (RT1 to RT18). */
final class RetryPolicyParser {
    private static final SupportedFields PREVIOUS_HOSTS =
            SupportedFields.of(PreviousHostsPredicate.class);

    private static final SupportedFields OMIT_CANARY =
            SupportedFields.of(OmitCanaryHostsPredicate.class);

    private static final SupportedFields OMIT_METADATA =
            SupportedFields.of(OmitHostMetadataConfig.class)
                    .nested("metadata_match", () -> MetadataParser.METADATA);

    private static final SupportedFields HOST_PREDICATE =
            SupportedFields.of(RetryPolicy.RetryHostPredicate.class)
                    .obeyed("name")
                    .extension(
                            "typed_config",
                            List.of(() -> PREVIOUS_HOSTS, () -> OMIT_CANARY, () -> OMIT_METADATA));

    private static final SupportedFields PREVIOUS_PRIORITIES =
            SupportedFields.of(PreviousPrioritiesConfig.class).obeyed("update_frequency");

    private static final SupportedFields RETRY_PRIORITY =
            SupportedFields.of(RetryPolicy.RetryPriority.class)
                    .obeyed("name")
                    .extension("typed_config", List.of(() -> PREVIOUS_PRIORITIES));

    private static final SupportedFields OPTIONS_PREDICATE =
            SupportedFields.of(TypedExtensionConfig.class, "retry options predicate")
                    .obeyed("name")
                    .extension("typed_config", List.of());

    private static final SupportedFields RESET_HEADER =
            SupportedFields.of(RetryPolicy.ResetHeader.class).obeyed("name", "format");

    private static final SupportedFields RATE_LIMITED_BACK_OFF =
            SupportedFields.of(RetryPolicy.RateLimitedRetryBackOff.class)
                    .nested("reset_headers", () -> RESET_HEADER)
                    .obeyed("max_interval");

    private static final SupportedFields BACK_OFF =
            SupportedFields.of(RetryPolicy.RetryBackOff.class)
                    .obeyed("base_interval", "max_interval");

    static final SupportedFields POLICY =
            SupportedFields.of(RetryPolicy.class)
                    .obeyed(
                            "retry_on",
                            "num_retries",
                            "per_try_timeout",
                            "per_try_idle_timeout",
                            "host_selection_retry_max_attempts",
                            "retriable_status_codes")
                    .nested("retry_host_predicate", () -> HOST_PREDICATE)
                    .nested("retry_priority", () -> RETRY_PRIORITY)
                    .nested("retry_options_predicates", () -> OPTIONS_PREDICATE)
                    .nested("retry_back_off", () -> BACK_OFF)
                    .nested("rate_limited_retry_back_off", () -> RATE_LIMITED_BACK_OFF)
                    .nested("retriable_headers", () -> RouteMatchParser.HEADER)
                    .nested("retriable_request_headers", () -> RouteMatchParser.HEADER);

    /** RT2. */
    private static final int DEFAULT_NUM_RETRIES = 1;

    /** RT15. */
    private static final Duration DEFAULT_RESET_MAX_INTERVAL = Duration.ofMinutes(5);

    /** RT16. */
    private static final int DEFAULT_HOST_SELECTION_ATTEMPTS = 1;

    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(1);

    private static final Map<String, RetryOn> TOKENS =
            Arrays.stream(RetryOn.values())
                    .collect(Collectors.toUnmodifiableMap(RetryOn::token, Function.identity()));

    private RetryPolicyParser() {}

    static RetryPolicyConfig parse(RetryPolicy proto, String path, Findings findings) {
        Optional<Duration> base = Optional.empty();
        Optional<Duration> max = Optional.empty();
        if (proto.hasRetryBackOff()) {
            String at = FieldPaths.join(path, "retry_back_off");
            var backOff = proto.getRetryBackOff();
            Duration shortest =
                    atLeastOneMilli(backOff.getBaseInterval(), at + ".base_interval", findings);
            base = Optional.of(shortest);
            if (backOff.hasMaxInterval()) {
                max =
                        Optional.of(
                                atLeastOneMilli(
                                        backOff.getMaxInterval(), at + ".max_interval", findings));
                if (max.get().compareTo(shortest) < 0) {
                    findings.invalid(
                            at + ".max_interval",
                            max.get(),
                            "retry_policy.max_interval must greater than or equal to the"
                                    + " base_interval");
                }
            }
        }
        return new RetryPolicyConfig(
                retryOn(proto.getRetryOn()),
                proto.hasNumRetries() ? Values.clamp(proto.getNumRetries()) : DEFAULT_NUM_RETRIES,
                timeout(
                        proto.hasPerTryTimeout(),
                        proto.getPerTryTimeout(),
                        FieldPaths.join(path, "per_try_timeout"),
                        findings),
                timeout(
                        proto.hasPerTryIdleTimeout(),
                        proto.getPerTryIdleTimeout(),
                        FieldPaths.join(path, "per_try_idle_timeout"),
                        findings),
                new HashSet<>(proto.getRetriableStatusCodesList()),
                RouteMatchParser.headers(
                        proto.getRetriableHeadersList(),
                        FieldPaths.join(path, "retriable_headers"),
                        findings),
                RouteMatchParser.headers(
                        proto.getRetriableRequestHeadersList(),
                        FieldPaths.join(path, "retriable_request_headers"),
                        findings),
                base,
                max,
                rateLimitedBackOff(proto, path, findings),
                hostPredicates(proto, path, findings),
                previousPriorities(proto, path, findings),
                proto.getHostSelectionRetryMaxAttempts() > 0
                        ? Values.clamp(proto.getHostSelectionRetryMaxAttempts())
                        : DEFAULT_HOST_SELECTION_ATTEMPTS);
    }

    /** Unknown tokens are ignored, as in Envoy. */
    private static Set<RetryOn> retryOn(String tokens) {
        var set = EnumSet.noneOf(RetryOn.class);
        for (String token : tokens.split(",")) {
            RetryOn known = TOKENS.get(token.strip());
            if (known != null) {
                set.add(known);
            }
        }
        return set;
    }

    /** Zero means unset: only the route's timeout limits an attempt (U2). */
    private static Optional<Duration> timeout(
            boolean present, com.google.protobuf.Duration proto, String path, Findings findings) {
        return present
                ? Optional.of(Values.duration(proto, path, findings)).filter(d -> !d.isZero())
                : Optional.empty();
    }

    /** RT13: shorter intervals count as one millisecond. */
    private static Duration atLeastOneMilli(
            com.google.protobuf.Duration proto, String path, Findings findings) {
        Duration value = Values.duration(proto, path, findings);
        return value.compareTo(SHORTEST_INTERVAL) < 0 ? SHORTEST_INTERVAL : value;
    }

    private static Optional<RateLimitedBackOff> rateLimitedBackOff(
            RetryPolicy proto, String path, Findings findings) {
        if (!proto.hasRateLimitedRetryBackOff()) {
            return Optional.empty();
        }
        var backOff = proto.getRateLimitedRetryBackOff();
        String at = FieldPaths.join(path, "rate_limited_retry_back_off.max_interval");
        return Optional.of(
                new RateLimitedBackOff(
                        backOff.getResetHeadersList().stream()
                                .map(each ->
                                        new ResetHeader(
                                                Ascii.lower(each.getName()),
                                                each.getFormat()
                                                        == ResetHeaderFormat.UNIX_TIMESTAMP))
                                .toList(),
                        backOff.hasMaxInterval()
                                ? atLeastOneMilli(backOff.getMaxInterval(), at, findings)
                                : DEFAULT_RESET_MAX_INTERVAL));
    }

    private static List<RetryHostPredicate> hostPredicates(
            RetryPolicy proto, String path, Findings findings) {
        var predicates = new ArrayList<RetryHostPredicate>();
        for (int i = 0; i < proto.getRetryHostPredicateCount(); i++) {
            var predicate = proto.getRetryHostPredicate(i);
            String at = FieldPaths.index(FieldPaths.join(path, "retry_host_predicate"), i);
            var any = predicate.getTypedConfig();
            if (!predicate.hasTypedConfig()) {
                findings.invalid(at, predicate.getName(), notFound(predicate.getName()));
            } else if (Values.is(any, PreviousHostsPredicate.class)) {
                predicates.add(new RetryHostPredicate.PreviousHosts());
            } else if (Values.is(any, OmitCanaryHostsPredicate.class)) {
                predicates.add(new RetryHostPredicate.OmitCanaryHosts());
            } else {
                Values.unpack(any, OmitHostMetadataConfig.class, at + ".typed_config", findings)
                        .flatMap(config ->
                                RouteActionParser.metadataMatch(
                                        config.hasMetadataMatch(), config.getMetadataMatch()))
                        .map(RetryHostPredicate.OmitHostMetadata::new)
                        .ifPresent(predicates::add);
            }
        }
        return predicates;
    }

    private static Optional<Integer> previousPriorities(
            RetryPolicy proto, String path, Findings findings) {
        // Envoy looks at the name to tell whether there is one.
        if (proto.getRetryPriority().getName().isEmpty()) {
            return Optional.empty();
        }
        String at = FieldPaths.join(path, "retry_priority");
        if (!proto.getRetryPriority().hasTypedConfig()) {
            String name = proto.getRetryPriority().getName();
            findings.invalid(at, name, notFound(name));
            return Optional.empty();
        }
        return Values.unpack(
                        proto.getRetryPriority().getTypedConfig(),
                        PreviousPrioritiesConfig.class,
                        at + ".typed_config",
                        findings)
                .map(PreviousPrioritiesConfig::getUpdateFrequency);
    }

    private static String notFound(String name) {
        return "Didn't find a registered implementation for '" + name + "' with type URL: ''";
    }
}
