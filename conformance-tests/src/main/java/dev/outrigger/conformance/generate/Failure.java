// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import dev.outrigger.conformance.compare.Difference;
import java.util.List;

/**
 * What a failing case fails by: the most telling of its differences, without what varies with the
 * case. Two failures that are equal have mostly one cause.
 */
record Failure(String field) {
    /** From the cause to what merely follows from it. */
    private static final List<String> TELLING =
            List.of(
                    "verdict",
                    "responses",
                    "response[].status",
                    "response[].interim",
                    "response[].header",
                    "response[].body",
                    "response[]",
                    "attempts",
                    "attempt[].line",
                    "attempt[]",
                    "copies.",
                    "connection[]",
                    "log[].code",
                    "log[].flags",
                    "log[].details",
                    "log[]",
                    "stat.");

    /** The failure behind the differences, of which there is at least one. */
    static Failure of(List<Difference> differences) {
        for (var telling : TELLING) {
            for (var difference : differences) {
                var general = general(difference.field());
                if (general.startsWith(telling)) {
                    return new Failure(general);
                }
            }
        }
        return new Failure(general(differences.getFirst().field()));
    }

    boolean isSeenIn(Pair.Outcome outcome) {
        return outcome.differences().stream().anyMatch(each -> general(each.field()).equals(field));
    }

    /** The field as a single exchange has it. */
    static String withoutExchange(String field) {
        return field.replaceAll("^exchange\\[\\d+]\\.", "");
    }

    /** Numbers and the names of clusters and hosts vary with the case. */
    static String general(String field) {
        return withoutExchange(field)
                .replaceAll("\\[\\d+]", "[]")
                .replaceAll("self_[a-z0-9]+", "self");
    }
}
