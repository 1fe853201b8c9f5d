// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import dev.outrigger.policy.store.WriteOutcome;

/** What a write came to in one word, for metrics. */
final class WriteResults {
    private WriteResults() {}

    static String word(WriteOutcome outcome, boolean dryRun) {
        return switch (outcome) {
            case WriteOutcome.Written written ->
                    dryRun
                            ? "dry_run"
                            : written.replayed()
                                    ? "replayed"
                                    : written.changed() ? "changed" : "unchanged";
            case WriteOutcome.Invalid _ -> "invalid";
            case WriteOutcome.Stale _,
                    WriteOutcome.PreconditionRequired _,
                    WriteOutcome.Exists _,
                    WriteOutcome.PlanOutdated _ ->
                    "precondition";
            case WriteOutcome.NotFound _ -> "not_found";
            case WriteOutcome.KeyReused _ -> "key_reused";
        };
    }
}
