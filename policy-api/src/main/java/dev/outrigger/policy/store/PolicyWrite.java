// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import dev.outrigger.policy.model.DocumentSet;

/**
 * A write that was read but not decided: it can be looked at, and committed while no other write
 * can happen. Made by {@link PolicyWrites}; any thread.
 */
@FunctionalInterface
public interface PolicyWrite {
    /** What is to be done if the documents stand like this. Must not call the store. */
    Decision decide(DocumentSet current);

    /** One that is refused however the documents stand. */
    static PolicyWrite refused(WriteOutcome reason) {
        return _ -> new Decision.Refuse(reason);
    }
}
