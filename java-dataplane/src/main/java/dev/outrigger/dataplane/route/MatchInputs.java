// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.outrigger.dataplane.config.CidrRange;
import dev.outrigger.dataplane.config.MatchTreeConfig.Input;
import dev.outrigger.dataplane.config.MatchTreeConfig.InputMatch;
import dev.outrigger.dataplane.config.MatchTreeConfig.Predicate;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import dev.outrigger.dataplane.telemetry.XxHash64;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The inputs and conditions of a {@link MatchTree}, compiled. Immutable. */
final class MatchInputs {
    /** A condition on a request. */
    interface Condition {
        boolean holds(RequestHead head, RouteContext context);
    }

    /** A condition on a text. */
    private interface TextCondition {
        boolean holds(String text, RouteContext context);
    }

    private MatchInputs() {}

    static RequestText of(Input config) {
        return switch (config) {
            case Input.RequestHeader(String name) -> RequestText.joined(name);
            case Input.FilterState(String _) -> head -> null;
            case Input.Environment(var value) -> {
                String text = value.orElse(null);
                yield head -> text;
            }
        };
    }

    static Condition of(Predicate config, Function<String, Counter> counters) {
        return switch (config) {
            case Predicate.Single(Input from, InputMatch match) -> {
                RequestText input = of(from);
                TextCondition condition = of(match, counters);
                yield (head, context) -> {
                    String text = input.read(head);
                    return text != null && condition.holds(text, context);
                };
            }
            case Predicate.AnyOf(var predicates) -> {
                Condition[] all = all(predicates, counters);
                yield (head, context) -> {
                    for (Condition each : all) {
                        if (each.holds(head, context)) {
                            return true;
                        }
                    }
                    return false;
                };
            }
            case Predicate.AllOf(var predicates) -> {
                Condition[] all = all(predicates, counters);
                yield (head, context) -> {
                    for (Condition each : all) {
                        if (!each.holds(head, context)) {
                            return false;
                        }
                    }
                    return true;
                };
            }
            case Predicate.Not(var predicate) -> {
                Condition negated = of(predicate, counters);
                yield (head, context) -> !negated.holds(head, context);
            }
        };
    }

    private static Condition[] all(List<Predicate> predicates, Function<String, Counter> counters) {
        return predicates.stream().map(each -> of(each, counters)).toArray(Condition[]::new);
    }

    private static TextCondition of(InputMatch config, Function<String, Counter> counters) {
        return switch (config) {
            case InputMatch.Value(var match) -> {
                ValueMatcher value = ValueMatcher.of(match);
                yield (text, context) -> {
                    byte[] bytes = text.getBytes(ISO_8859_1);
                    return value.matches(bytes, 0, bytes.length);
                };
            }
            case InputMatch.Ip(var ranges, String statPrefix) -> {
                Counter failed = counters.apply(statPrefix + ".ip_parsing_failed");
                yield (text, context) -> inAny(ranges, text, failed, context);
            }
            case InputMatch.ConsistentHashing(long threshold, long modulo, long seed) ->
                    (text, context) ->
                            Long.remainderUnsigned(hash(text, seed), modulo) >= threshold;
            case InputMatch.Fraction(var fraction, long seed) ->
                    (text, context) -> context.isEnabled(fraction, hash(text, seed));
            case InputMatch.Never() -> (text, context) -> false;
        };
    }

    private static long hash(String text, long seed) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        return XxHash64.hash(bytes, 0, bytes.length, seed);
    }

    private static boolean inAny(
            List<CidrRange> ranges, String text, Counter failed, RouteContext context) {
        if (text.isEmpty()) {
            return false;
        }
        InetAddress address = address(text);
        if (address == null) {
            context.count(failed);
            return false;
        }
        for (CidrRange range : ranges) {
            if (contains(range, address)) {
                return true;
            }
        }
        return false;
    }

    /** An IP literal; {@code null} for anything else. */
    static @Nullable InetAddress address(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    static boolean contains(CidrRange range, InetAddress address) {
        byte[] prefix = range.prefix().getAddress();
        byte[] bytes = address.getAddress();
        if (prefix.length != bytes.length) {
            return false;
        }
        int whole = range.length() / 8;
        for (int i = 0; i < whole; i++) {
            if (prefix[i] != bytes[i]) {
                return false;
            }
        }
        int rest = range.length() % 8;
        return rest == 0 || ((prefix[whole] ^ bytes[whole]) & 0xff) >>> (8 - rest) == 0;
    }
}
