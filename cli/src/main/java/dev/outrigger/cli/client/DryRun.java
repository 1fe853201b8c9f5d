// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.client;

import java.util.Optional;

/** How a write is only tried. */
public enum DryRun {
    /** Not at all: it is done. */
    OFF(Optional.empty()),
    /** Says what would become of the documents. */
    DOCUMENTS(Optional.of("true")),
    /** Says as well what changes for callers and proxies. */
    PLAN(Optional.of("plan"));

    private final Optional<String> word;

    DryRun(Optional<String> word) {
        this.word = word;
    }

    /** As the API calls it. */
    Optional<String> word() {
        return word;
    }
}
