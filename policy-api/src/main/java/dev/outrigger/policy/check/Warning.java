// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.check;

import dev.outrigger.policy.document.FieldPath;
import dev.outrigger.policy.model.PolicyId;
import java.util.Objects;

/**
 * Something that is allowed but hardly meant. The write goes through and its answer says so.
 *
 * @param code stable, for example {@code OUT-W101}
 * @param document whose field it is about
 * @param path the field
 * @param detail what happens, and what to write instead
 */
public record Warning(String code, PolicyId document, FieldPath path, String detail) {
    public Warning {
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(document, "document");
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(detail, "detail");
    }
}
