// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.document;

import java.util.Objects;

/**
 * One thing wrong with a submission, and where.
 *
 * @param document the document in the submission, from 1; 0 when the submission as a whole is meant
 * @param pointer the field as an RFC 6901 pointer in fragment form; it or its parent exists
 * @param position where in the submitted text
 * @param detail what is wrong and what is expected
 */
public record Violation(
        ViolationCode code, int document, String pointer, Position position, String detail) {
    public Violation {
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(pointer, "pointer");
        Objects.requireNonNull(position, "position");
        Objects.requireNonNull(detail, "detail");
    }

    public int line() {
        return position.line();
    }

    public int column() {
        return position.column();
    }

    /** One line for people: {@code document 1, 9:5, #/spec/retry/atempts: Unknown field …}. */
    @Override
    public String toString() {
        return "document %d, %d:%d, %s: %s [%s]"
                .formatted(document, line(), column(), pointer, detail, code.code());
    }
}
