// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.document;

import java.util.HashSet;
import java.util.Set;

/** Counts against the limits while a submission is read. Confined to one reading. */
final class TreeGuard {
    private final DocumentLimits limits;
    private final Violations violations;
    private int values;

    TreeGuard(DocumentLimits limits, Violations violations) {
        this.limits = limits;
        this.violations = violations;
    }

    /** One more value, {@code depth} levels below its document. */
    void enter(int document, FieldPath path, int depth, Position position) throws Abandoned {
        if (depth > limits.maxDepth()) {
            throw abandon(
                    ViolationCode.LIMIT,
                    document,
                    path,
                    position,
                    "Is nested more than " + limits.maxDepth() + " levels deep.");
        }
        if (++values > limits.maxValues()) {
            throw abandon(
                    ViolationCode.LIMIT,
                    document,
                    path,
                    position,
                    "Has more than " + limits.maxValues() + " values.");
        }
    }

    void document(int document, Position position) throws Abandoned {
        if (document > limits.maxDocuments()) {
            throw abandon(
                    ViolationCode.LIMIT,
                    document,
                    FieldPath.ROOT,
                    position,
                    "Has more than " + limits.maxDocuments() + " documents.");
        }
    }

    void text(int document, FieldPath path, Position position, String text) throws Abandoned {
        if (text.length() > limits.maxScalarChars()) {
            throw abandon(
                    ViolationCode.LIMIT,
                    document,
                    path,
                    position,
                    "Is longer than " + limits.maxScalarChars() + " characters.");
        }
    }

    /** Records and says that reading cannot go on. */
    Abandoned abandon(
            ViolationCode code, int document, FieldPath path, Position position, String detail) {
        violations.add(new Violation(code, document, path.pointer(), position, detail));
        return new Abandoned();
    }

    KeySet keys(int document, FieldPath path) {
        return new KeySet(document, path);
    }

    /** The keys of one object. */
    final class KeySet {
        private final Set<String> seen = new HashSet<>();
        private final int document;
        private final FieldPath path;

        private KeySet(int document, FieldPath path) {
            this.document = document;
            this.path = path;
        }

        /** Whether the key is new; records a violation otherwise. */
        boolean add(String key, Position position) {
            if (seen.add(key)) {
                return true;
            }
            violations.add(
                    new Violation(
                            ViolationCode.DUPLICATE_KEY,
                            document,
                            path.child(key).pointer(),
                            position,
                            "Key " + Quoted.of(key) + " occurs twice in this object."));
            return false;
        }
    }

    /** Reading stops here; the violation is recorded already. */
    static final class Abandoned extends Exception {
        private static final long serialVersionUID = 1;

        Abandoned() {
            super("abandoned", null, false, false);
        }
    }
}
