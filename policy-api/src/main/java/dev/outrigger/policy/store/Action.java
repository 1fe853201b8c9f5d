// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import java.util.Locale;

/** What a write did to one document. */
public enum Action {
    CREATED,
    UPDATED,
    UNCHANGED,
    DELETED;

    /** As shown to users, for example {@code created}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
