// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.testing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Queue;
import java.util.random.RandomGenerator;

/** Ways through states that take every transition. */
public final class Transitions {
    private Transitions() {}

    /**
     * A way over every ordered pair of different states, each once, which ends where it begins: an
     * Eulerian circuit of the complete graph, by Hierholzer's algorithm.
     *
     * @param <T> of one state; equal states are the same
     */
    public static <T> List<T> between(List<T> states, RandomGenerator random) {
        var next = new HashMap<T, Queue<T>>();
        for (T from : states) {
            var others = new ArrayList<>(states);
            others.remove(from);
            Collections.shuffle(others, random);
            next.put(from, new ArrayDeque<>(others));
        }
        var open = new ArrayDeque<>(List.of(states.getFirst()));
        var way = new ArrayList<T>();
        while (!open.isEmpty()) {
            T to = next.getOrDefault(open.element(), new ArrayDeque<>()).poll();
            if (to == null) {
                way.add(open.pop());
            } else {
                open.push(to);
            }
        }
        return way;
    }
}
