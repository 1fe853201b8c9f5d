// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.status;

import dev.outrigger.policy.model.PolicyId;
import java.util.Comparator;

/**
 * A place in a stored document. Immutable.
 *
 * @param pointer RFC 6901 in its URI fragment form, for example {@code #/spec/retry}
 */
public record PolicyField(PolicyId document, String pointer) implements Comparable<PolicyField> {
    private static final Comparator<PolicyField> ORDER =
            Comparator.comparing(PolicyField::document).thenComparing(PolicyField::pointer);

    @Override
    public int compareTo(PolicyField other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return document + " " + pointer;
    }
}
