// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The random decisions of one case, all of which follow from its seed. Used by one thread. */
final class Choices {
    private final SplittableRandom random;

    private Choices(SplittableRandom random) {
        this.random = random;
    }

    static Choices of(long seed) {
        // Neighbouring seeds must not give neighbouring decisions.
        return new Choices(new SplittableRandom(seed * 0x9E3779B97F4A7C15L + 0x1234567));
    }

    /**
     * The decisions of a seed that have nothing to do with those of its neighbours: {@link #of}
     * gives one the decisions of the other, moved on by one.
     */
    static Choices scattered(long seed) {
        return new Choices(new SplittableRandom(new SplittableRandom(seed).nextLong()));
    }

    /** Decisions of their own: what is drawn from them does not move what is drawn here. */
    Choices split() {
        return new Choices(random.split());
    }

    /** Whether something happens that happens in so many of a hundred cases. */
    boolean in100(int cases) {
        return random.nextInt(100) < cases;
    }

    /** A number from the first to the last, both included. */
    int between(int first, int last) {
        return random.nextInt(first, last + 1);
    }

    /** One of them, each as likely as the others. */
    @SafeVarargs
    final <T> T pick(T... each) {
        return each[random.nextInt(each.length)];
    }

    <T> T pick(List<T> each) {
        return each.get(random.nextInt(each.size()));
    }

    /** Some of them, each at most once, in random order. */
    <T> List<T> some(int count, List<T> of) {
        var left = new ArrayList<>(of);
        var taken = new ArrayList<T>();
        while (taken.size() < count && !left.isEmpty()) {
            taken.add(left.remove(random.nextInt(left.size())));
        }
        return taken;
    }

    /** The index of one of the weights, each as likely as it is heavy. */
    int weighted(int... weights) {
        int sum = 0;
        for (int weight : weights) {
            sum += weight;
        }
        int at = random.nextInt(sum);
        int index = 0;
        while (at >= weights[index]) {
            at -= weights[index++];
        }
        return index;
    }
}
