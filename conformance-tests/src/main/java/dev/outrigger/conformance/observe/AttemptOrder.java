// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.observe;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The order in which attempts are compared. One attempt of a request follows the other, and so do
 * the requests of a client that waits for its answers: that order is kept. A copy that a mirror
 * policy makes is on its way at the same time as its original, and which of the two an upstream
 * sees first is up to the machine: copies come behind all others, by what is in them.
 */
public final class AttemptOrder {
    private static final String SUFFIX = "-shadow";

    /** Drawn for each request, so that it gives no order that two runs share. */
    private static final String REQUEST_ID = "x-request-id";

    private static final Comparator<SeenAttempt> BY_CONTENT =
            Comparator.comparing(SeenAttempt::upstream)
                    .thenComparing(SeenAttempt::requestLine)
                    .thenComparing(AttemptOrder::steadyHeaders)
                    .thenComparing(SeenAttempt::body);

    private AttemptOrder() {}

    /** The attempts, in an order that does not depend on which of two that race is first. */
    static List<SeenAttempt> of(List<SeenAttempt> attempts) {
        var originals = new HashSet<Forwarded>();
        attempts.forEach(each -> originals.add(Forwarded.of(each)));
        var copies = new ArrayList<SeenAttempt>();
        var ordered = new ArrayList<SeenAttempt>();
        for (var each : attempts) {
            (isCopy(each, originals) ? copies : ordered).add(each);
        }
        if (copies.isEmpty()) {
            return List.copyOf(attempts);
        }
        copies.sort(BY_CONTENT);
        ordered.addAll(copies);
        return numbered(ordered);
    }

    /** Copies that come from anywhere, by what is in them. */
    public static List<SeenAttempt> ofCopies(List<SeenAttempt> copies) {
        return numbered(copies.stream().sorted(BY_CONTENT).toList());
    }

    /**
     * A copy has {@code -shadow} behind its host. Where the policy switches that off, it is known
     * by the proxy's own address behind the others in {@code x-forwarded-for}.
     */
    private static boolean isCopy(SeenAttempt attempt, Set<Forwarded> originals) {
        var host = first(attempt, attempt.requestLine().endsWith("/2") ? ":authority" : "host");
        int port = host.lastIndexOf(':');
        if ((port < 0 ? host : host.substring(0, port)).endsWith(SUFFIX)) {
            return true;
        }
        var seen = Forwarded.of(attempt);
        return first(attempt, "x-envoy-internal").equals("true")
                && !seen.addresses().isEmpty()
                && originals.contains(seen.before());
    }

    /** The same with connections counted by upstream in this order. */
    private static List<SeenAttempt> numbered(List<SeenAttempt> attempts) {
        var numbers = new HashMap<String, Map<Integer, Integer>>();
        return attempts.stream()
                .map(each -> {
                    var ofUpstream =
                            numbers.computeIfAbsent(
                                    withoutPort(each.upstream()), _ -> new HashMap<>());
                    int next = ofUpstream.size() + 1;
                    var number =
                            Objects.requireNonNullElse(
                                    ofUpstream.putIfAbsent(each.connection(), next), next);
                    return new SeenAttempt(
                            each.upstream(),
                            number,
                            each.requestLine(),
                            each.headers(),
                            each.body(),
                            each.trailers(),
                            each.complete());
                })
                .toList();
    }

    /** The ports of an upstream, {@code a/1} and {@code a/2}, count their connections together. */
    private static String withoutPort(String upstream) {
        int slash = upstream.indexOf('/');
        return slash < 0 ? upstream : upstream.substring(0, slash);
    }

    private static String steadyHeaders(SeenAttempt attempt) {
        return attempt.headers().stream()
                .filter(header -> !header.name().equalsIgnoreCase(REQUEST_ID))
                .map(header -> header.name().toLowerCase(Locale.ROOT) + ":" + header.value())
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    private static String first(SeenAttempt attempt, String name) {
        return attempt.headers().stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .map(Header::value)
                .findFirst()
                .orElse("");
    }

    /** A request line, and whom the request came past. */
    private record Forwarded(String requestLine, List<String> addresses) {
        Forwarded {
            addresses = List.copyOf(addresses);
        }

        static Forwarded of(SeenAttempt attempt) {
            var addresses = new ArrayList<String>();
            for (var address : first(attempt, "x-forwarded-for").split(",", -1)) {
                if (!address.isBlank()) {
                    addresses.add(address.strip());
                }
            }
            return new Forwarded(attempt.requestLine(), addresses);
        }

        /** The same before the last one. */
        Forwarded before() {
            return new Forwarded(requestLine, addresses.subList(0, addresses.size() - 1));
        }
    }
}
