// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.status;

import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.plan.Overridden;
import dev.outrigger.policy.status.ProxyStatus.State;
import dev.outrigger.policy.status.ProxyStatus.TypeStatus;
import dev.outrigger.policy.status.Withheld.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What became of one stored document. Computed when asked for, never stored. Immutable.
 *
 * @param observedGeneration the document's generation this is about
 * @param conditions Accepted, Programmed, Synced
 * @param proxies those whose configuration has something of the document, or should
 * @param withheld what of it is not given to proxies
 */
public record PolicyStatus(
        PolicyId id,
        long observedGeneration,
        List<Condition> conditions,
        Counts counts,
        List<ProxyStatus> proxies,
        List<Refusal> refusals,
        List<Withheld> withheld) {
    private static final int MAX_NAMED = 3;

    public PolicyStatus {
        conditions = List.copyOf(conditions);
        proxies = List.copyOf(proxies);
        refusals = List.copyOf(refusals);
        withheld = List.copyOf(withheld);
    }

    /**
     * @param status True, False or Unknown
     */
    public record Condition(String type, String status, String reason, String message) {}

    /** Proxies by what they made of it; the matched ones are the sum of the others. */
    public record Counts(int matched, int acked, int pending, int rejected, int disconnected) {}

    /** One proxy's refusal of something of this document. */
    public record Refusal(String proxy, String type, ProxyStatus.Rejection rejection) {}

    /**
     * @param concerned the proxies whose configuration has something of the document, or should
     * @param overridden where others hold in its place
     */
    public static PolicyStatus of(
            PolicyId id,
            long generation,
            List<ProxyStatus> concerned,
            List<Overridden> overridden) {
        var withheld =
                concerned.stream()
                        .flatMap(proxy -> proxy.withheld().stream())
                        .distinct()
                        .filter(held -> concerns(held, id))
                        .toList();
        var refusals = refusals(id, concerned);
        var counts = counts(id, concerned);
        return new PolicyStatus(
                id,
                generation,
                List.of(
                        new Condition(
                                "Accepted", "True", "Accepted", "stored, and valid in itself"),
                        programmed(counts, withheld, overridden),
                        synced(counts, withheld)),
                counts,
                concerned,
                refusals,
                withheld);
    }

    /** Where nobody knows which documents are at fault, all of them may be. */
    private static boolean concerns(Withheld held, PolicyId id) {
        return held.fields().isEmpty()
                || held.reason() == Reason.ON_TRIAL
                || held.fields().stream().anyMatch(field -> field.document().equals(id));
    }

    private static List<Refusal> refusals(PolicyId id, List<ProxyStatus> proxies) {
        var refusals = new ArrayList<Refusal>();
        for (ProxyStatus proxy : proxies) {
            proxy.types().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(entry ->
                            blamed(entry.getValue(), id)
                                    .ifPresent(rejection ->
                                            refusals.add(
                                                    new Refusal(
                                                            proxy.id(),
                                                            entry.getKey(),
                                                            rejection))));
        }
        return refusals;
    }

    private static Optional<ProxyStatus.Rejection> blamed(TypeStatus status, PolicyId id) {
        return status.rejection().filter(rejection -> rejection.policies().contains(id));
    }

    private static Counts counts(PolicyId id, List<ProxyStatus> proxies) {
        int acked = 0;
        int pending = 0;
        int rejected = 0;
        int disconnected = 0;
        for (ProxyStatus proxy : proxies) {
            var types = proxy.types().values();
            if (!proxy.connected()) {
                disconnected++;
            } else if (types.stream().anyMatch(type -> blamed(type, id).isPresent())) {
                rejected++;
            } else if (types.stream().anyMatch(type -> type.state() == State.PENDING)
                    || types.stream().allMatch(type -> type.state() == State.NOT_SUBSCRIBED)) {
                pending++;
            } else {
                acked++;
            }
        }
        return new Counts(proxies.size(), acked, pending, rejected, disconnected);
    }

    private static Condition programmed(
            Counts counts, List<Withheld> withheld, List<Overridden> overridden) {
        if (counts.matched() == 0) {
            return new Condition(
                    "Programmed", "Unknown", "NoProxies", "no known proxy needs this document");
        }
        return withheld.stream()
                .min(java.util.Comparator.comparing(Withheld::reason))
                .map(held -> new Condition("Programmed", "False", reason(held), message(held)))
                .orElseGet(() ->
                        overridden.isEmpty()
                                ? new Condition(
                                        "Programmed",
                                        "True",
                                        "Programmed",
                                        "in the configuration of every proxy that needs it")
                                : new Condition(
                                        "Programmed",
                                        "True",
                                        "PartiallyProgrammed",
                                        message(overridden)));
    }

    /** Which blocks do not hold where; some of them, for people. */
    private static String message(List<Overridden> overridden) {
        var parts = new ArrayList<String>();
        for (Overridden one : overridden.subList(0, Math.min(MAX_NAMED, overridden.size()))) {
            parts.add(
                    one.block()
                            + " overridden on "
                            + one.rule()
                            + (one.consumer().equals("*") ? "" : " for " + one.consumer())
                            + " by "
                            + one.by()
                                    .document()
                                    .map(PolicyId::toString)
                                    .orElse("what is more specific"));
        }
        if (overridden.size() > MAX_NAMED) {
            parts.add("and on others");
        }
        return String.join("; ", parts);
    }

    private static Condition synced(Counts counts, List<Withheld> withheld) {
        if (counts.matched() == counts.disconnected()) {
            return new Condition(
                    "Synced", "Unknown", "NoProxies", "no connected proxy needs this document");
        }
        if (counts.rejected() > 0
                || withheld.stream().anyMatch(held -> held.reason() == Reason.REFUSED)) {
            return new Condition(
                    "Synced",
                    "False",
                    "RejectedByProxy",
                    "refused by " + Math.max(1, counts.rejected()) + " of " + counts.matched());
        }
        if (!withheld.isEmpty()) {
            return new Condition(
                    "Synced", "False", reason(withheld.getFirst()), message(withheld.getFirst()));
        }
        if (counts.pending() > 0) {
            return new Condition(
                    "Synced",
                    "False",
                    "Pending",
                    counts.pending() + " of " + counts.matched() + " have not answered yet");
        }
        return new Condition(
                "Synced", "True", "AllAcked", "accepted by every connected proxy that needs it");
    }

    private static String reason(Withheld held) {
        return switch (held.reason()) {
            case INCONSISTENT -> "Inconsistent";
            case NOT_TRANSLATED -> "NotTranslated";
            case REFUSED -> "RejectedByProxy";
            case ON_TRIAL -> "OnTrial";
        };
    }

    private static String message(Withheld held) {
        return held.proxies().isEmpty()
                ? held.detail()
                : held.detail() + " (" + String.join(", ", held.proxies()) + ")";
    }
}
