// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.retry;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.NearestName;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.field.Names;
import dev.outrigger.policy.model.BlockKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Reads {@code retry}.
 *
 * <ul>
 *   <li>{@code attempts}: retries after the first try, 0..10, default 1 (GEP-1731 counts so too)
 *   <li>{@code codes}: 400..599 and the classes {@code 4xx}, {@code 5xx}; default none
 *   <li>{@code on}: Envoy's {@code retry_on} tokens; default {@link RetryPolicy#DEFAULT_ON}
 *   <li>{@code methods}: whose responses {@code codes} may retry; default the idempotent ones,
 *       {@code ["*"]} for all
 *   <li>{@code backoff}: 1ms..5m, default Envoy's 25ms; {@code backoffMax}: at least {@code
 *       backoff}, at most 1h, default ten times the base
 *   <li>{@code respectRetryAfter}: default false
 *   <li>{@code differentHost}: default true
 * </ul>
 */
public final class RetryKind implements BlockKind<RetryPolicy> {
    /** Envoy's base interval, which {@code backoffMax} alone is measured against. */
    private static final Duration DEFAULT_BACKOFF = Duration.ofMillis(25);

    private static final List<String> FIELDS =
            List.of(
                    "attempts",
                    "codes",
                    "on",
                    "methods",
                    "backoff",
                    "backoffMax",
                    "respectRetryAfter",
                    "differentHost");

    /**
     * The tokens of Envoy's router filter ({@code x-envoy-retry-on} and {@code
     * x-envoy-retry-grpc-on}) that need nothing else to be set.
     */
    private static final Set<String> TOKENS =
            Set.of(
                    "5xx",
                    "gateway-error",
                    "reset",
                    "reset-before-request",
                    "connect-failure",
                    "envoy-ratelimited",
                    "retriable-4xx",
                    "refused-stream",
                    "http3-post-connect-failure",
                    "cancelled",
                    "deadline-exceeded",
                    "internal",
                    "resource-exhausted",
                    "unavailable");

    @Override
    public String blockName() {
        return "retry";
    }

    @Override
    public Class<RetryPolicy> blockType() {
        return RetryPolicy.class;
    }

    @Override
    public Optional<RetryPolicy> read(DocumentNode block) {
        var mark = block.violations().mark();
        if (!block.objectOf(FIELDS)) {
            return Optional.empty();
        }
        var attempts = block.field("attempts").intIn(0, 10);
        SortedSet<Integer> codes = readCodes(block.field("codes"));
        List<String> on = readTokens(block.field("on"));
        List<String> methods = readMethods(block.field("methods"));
        var backoff = block.field("backoff").duration(Duration.ofMillis(1), Duration.ofMinutes(5));
        DocumentNode maxNode = block.field("backoffMax");
        var backoffMax = maxNode.duration(Duration.ofMillis(1), Duration.ofHours(1));
        if (backoffMax.isPresent()
                && backoffMax.get().compareTo(backoff.orElse(DEFAULT_BACKOFF)) < 0) {
            maxNode.violate(
                    ViolationCode.INCONSISTENT,
                    "Is shorter than the back-off it bounds (expected: at least 'backoff', which is"
                            + " 25ms unless given).");
        }
        var respectRetryAfter = block.field("respectRetryAfter").bool();
        var differentHost = block.field("differentHost").bool();
        return mark.ifClean(() ->
                new RetryPolicy(
                        attempts.orElse(1),
                        codes,
                        on,
                        methods,
                        backoff,
                        backoffMax,
                        respectRetryAfter.orElse(false),
                        differentHost.orElse(true)));
    }

    private static SortedSet<Integer> readCodes(DocumentNode list) {
        var codes = new TreeSet<Integer>();
        for (DocumentNode item : list.items(0, 200)) {
            if (item.isInteger()) {
                item.intIn(400, 599).ifPresent(codes::add);
                continue;
            }
            if (!item.isString()) {
                item.wrongType("a status code such as 503 or a class such as \"5xx\"");
                continue;
            }
            switch (item.string(64).orElse("")) {
                case "4xx" -> addRange(codes, 400);
                case "5xx" -> addRange(codes, 500);
                case "" -> {}
                case String other ->
                        item.violate(
                                ViolationCode.BAD_VALUE,
                                Quoted.of(other)
                                        + " is not a status code (expected: a number 400..599"
                                        + " without quotes, \"4xx\" or \"5xx\").");
            }
        }
        return codes;
    }

    private static void addRange(SortedSet<Integer> codes, int from) {
        for (int code = from; code < from + 100; code++) {
            codes.add(code);
        }
    }

    private static List<String> readTokens(DocumentNode list) {
        if (!list.isPresent()) {
            return RetryPolicy.DEFAULT_ON;
        }
        var tokens = new LinkedHashSet<String>();
        for (DocumentNode item : list.items(0, TOKENS.size())) {
            item.string(64)
                    .ifPresent(token -> {
                        if (!TOKENS.contains(token)) {
                            item.violate(ViolationCode.BAD_VALUE, unknownToken(token));
                        } else if (!tokens.add(token)) {
                            item.violate(
                                    ViolationCode.DUPLICATE,
                                    Quoted.of(token) + " is listed twice.");
                        }
                    });
        }
        return List.copyOf(tokens);
    }

    private static String unknownToken(String token) {
        String reason =
                switch (token) {
                    case "retriable-status-codes" -> " Name the status codes in 'codes'.";
                    case "retriable-headers" -> " Retrying by response header is not possible.";
                    case "timeout" -> " A try that times out is a 'reset' to Envoy; name 'reset'.";
                    default -> NearestName.hint(token, TOKENS);
                };
        return Quoted.of(token)
                + " is not a retry condition (expected: one of "
                + String.join(", ", new TreeSet<>(TOKENS))
                + ")."
                + reason;
    }

    private static List<String> readMethods(DocumentNode list) {
        if (!list.isPresent()) {
            return RetryPolicy.IDEMPOTENT_METHODS;
        }
        var methods = new ArrayList<String>();
        var items = list.items(1, Names.METHODS.size());
        for (DocumentNode item : items) {
            if (item.string(64).filter("*"::equals).isPresent()) {
                if (items.size() > 1) {
                    item.violate(
                            ViolationCode.INCONSISTENT, "'*' means every method: write it alone.");
                }
                continue;
            }
            Names.method(item)
                    .ifPresent(method -> {
                        if (methods.contains(method)) {
                            item.violate(
                                    ViolationCode.DUPLICATE,
                                    Quoted.of(method) + " is listed twice.");
                        }
                        methods.add(method);
                    });
        }
        return methods;
    }
}
