// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import dev.outrigger.dataplane.telemetry.StatShape.Kind;
import dev.outrigger.dataplane.telemetry.StatsStore.Sample;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Goes through stats in order of name without a list of all names: scopes in order of prefix, and
 * at any moment only those open that the next name can come from.
 */
final class SortedStats {
    private final StatScope[] scopes;
    private final EnumSet<Kind> kinds;
    private final IdentityHashMap<StatShape, Entry[]> orders = new IdentityHashMap<>();
    private final PriorityQueue<Cursor> open =
            new PriorityQueue<>(Comparator.comparing((Cursor cursor) -> cursor.name));
    private int nextScope;

    SortedStats(Collection<StatScope> scopes, EnumSet<Kind> kinds) {
        this.scopes = scopes.toArray(StatScope[]::new);
        Arrays.sort(this.scopes, Comparator.comparing(StatScope::prefix));
        this.kinds = kinds;
    }

    /** The next one, or {@code null} after the last. */
    @Nullable Sample next() {
        // Names of a scope are not below its prefix, so one that begins above is not needed yet.
        while (nextScope < scopes.length
                && (open.isEmpty()
                        || scopes[nextScope].prefix().compareTo(open.element().name) <= 0)) {
            StatScope scope = scopes[nextScope++];
            var cursor =
                    new Cursor(scope, orders.computeIfAbsent(scope.shape(), s -> order(s, kinds)));
            if (cursor.advance()) {
                open.add(cursor);
            }
        }
        Cursor cursor = open.poll();
        if (cursor == null) {
            return null;
        }
        Sample sample = cursor.scope.sample(cursor.name, cursor.kind, cursor.index);
        if (cursor.advance()) {
            open.add(cursor);
        }
        return sample;
    }

    private record Entry(String suffix, Kind kind, int index) {}

    private static Entry[] order(StatShape shape, EnumSet<Kind> kinds) {
        var entries = new Entry[shape.size()];
        int count = 0;
        for (StatShape at = shape; at.size() > 0; at = at.before()) {
            if (kinds.contains(at.kind())) {
                entries[count++] = new Entry(at.suffix(), at.kind(), at.size() - 1);
            }
        }
        entries = Arrays.copyOf(entries, count);
        Arrays.sort(entries, Comparator.comparing(Entry::suffix));
        return entries;
    }

    /** A place in a scope. */
    private static final class Cursor {
        private final StatScope scope;
        private final Entry[] order;
        private int at;
        private String name = "";
        private Kind kind = Kind.COUNTER;
        private int index;

        Cursor(StatScope scope, Entry[] order) {
            this.scope = scope;
            this.order = order;
        }

        boolean advance() {
            if (at == order.length) {
                return false;
            }
            Entry entry = order[at++];
            name = scope.prefix() + entry.suffix;
            kind = entry.kind;
            index = entry.index;
            return true;
        }
    }
}
