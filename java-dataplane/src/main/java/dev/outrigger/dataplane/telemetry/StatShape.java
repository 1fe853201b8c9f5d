// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which names a scope has, in the order they were registered. Scopes that register the same names
 * in the same order, as all clusters do, share one shape, so that a name is held once however many
 * clusters there are. Shapes form a tree: each is its parent and one name more.
 *
 * <p>Any thread; the tree of one store grows under its root's lock.
 */
final class StatShape {
    /** What kind of stat a name stands for; one name can stand for one of each. */
    enum Kind {
        COUNTER,
        GAUGE,
        HISTOGRAM
    }

    private record Name(String suffix, Kind kind) {
        // By hand: those of a record are linked at run time, which every start would wait for.
        @Override
        public boolean equals(Object other) {
            return other instanceof Name that && kind == that.kind && suffix.equals(that.suffix);
        }

        @Override
        public int hashCode() {
            return suffix.hashCode() * 31 + kind.hashCode();
        }
    }

    private final StatShape root;
    private final @Nullable StatShape parent;
    private final String suffix;
    private final Kind kind;
    private final int size;
    private @Nullable Map<Name, StatShape> next;

    private StatShape(@Nullable StatShape parent, String suffix, Kind kind) {
        this.root = parent == null ? this : parent.root;
        this.parent = parent;
        this.suffix = suffix;
        this.kind = kind;
        this.size = parent == null ? 0 : parent.size + 1;
    }

    /** A new tree: the shape without names. */
    static StatShape empty() {
        return new StatShape(null, "", Kind.COUNTER);
    }

    int size() {
        return size;
    }

    /** The shape before the last name came; only where {@link #size} is not 0. */
    StatShape before() {
        if (parent == null) {
            throw new IllegalStateException("before (expected: a shape with names)");
        }
        return parent;
    }

    /** The last name. */
    String suffix() {
        return suffix;
    }

    /** The last name's kind. */
    Kind kind() {
        return kind;
    }

    /**
     * The shape with one name more, or this one when it has the name.
     *
     * @param wanted what is looked for
     */
    StatShape with(String wanted, Kind wantedKind) {
        synchronized (root) {
            var name = new Name(wanted, wantedKind);
            StatShape known = next == null ? null : next.get(name);
            if (known != null) {
                return known;
            }
            if (find(wanted, wantedKind) >= 0) {
                return this;
            }
            var added = new StatShape(this, wanted, wantedKind);
            if (next == null) {
                next = new HashMap<>(2);
            }
            next.put(name, added);
            return added;
        }
    }

    /** The position of a name, or -1. */
    int find(String wanted, Kind wantedKind) {
        StatShape shape = this;
        while (shape.parent != null) {
            if (shape.kind == wantedKind && shape.suffix.equals(wanted)) {
                return shape.size - 1;
            }
            shape = shape.parent;
        }
        return -1;
    }
}
