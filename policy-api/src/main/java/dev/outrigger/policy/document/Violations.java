// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.document;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Collects what is wrong with a submission, so that its author learns everything at once. Confined
 * to one thread. Keeps the first {@link #MAX_KEPT}; the rest is only counted.
 */
public final class Violations {
    public static final int MAX_KEPT = 500;

    private final List<Violation> kept = new ArrayList<>();
    private int count;
    private final boolean ignores;

    public Violations() {
        this(false);
    }

    private Violations(boolean ignores) {
        this.ignores = ignores;
    }

    /** For readers that are only asked what they read: keeps nothing, and finds nothing good. */
    static Violations ignoring() {
        return new Violations(true);
    }

    public void add(Violation violation) {
        count++;
        if (kept.size() < MAX_KEPT && !ignores) {
            kept.add(violation);
        }
    }

    public void addAll(List<Violation> violations) {
        violations.forEach(this::add);
    }

    public boolean isEmpty() {
        return count == 0;
    }

    /** How many were found, kept or not. */
    public int count() {
        return count;
    }

    /** In the order of the submission: by document, then by place. */
    public List<Violation> list() {
        return kept.stream()
                .sorted(
                        java.util.Comparator.comparingInt(Violation::document)
                                .thenComparingInt(Violation::line)
                                .thenComparingInt(Violation::column))
                .toList();
    }

    /** Remembers how much was wrong so far. */
    public Mark mark() {
        return new Mark(count);
    }

    /** What was wrong when a value began to be read; tells whether the value itself is good. */
    public final class Mark {
        private final int before;

        private Mark(int before) {
            this.before = before;
        }

        public boolean isClean() {
            return count == before && !ignores;
        }

        /** Builds the value unless something in it was wrong. */
        public <T> Optional<T> ifClean(Supplier<T> value) {
            return isClean() ? Optional.of(value.get()) : Optional.empty();
        }
    }
}
