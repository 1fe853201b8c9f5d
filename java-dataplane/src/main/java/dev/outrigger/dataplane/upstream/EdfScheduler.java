// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import java.util.function.ToDoubleFunction;

/**
 * Earliest deadline first: an item comes up again 1/weight after it was picked (LB9). Picking does
 * not allocate. Confined to one thread.
 */
final class EdfScheduler<T> {
    private final T[] items;
    private final ToDoubleFunction<? super T> weight;
    private final int[] heap;
    private final double[] deadlines;
    private final long[] orders;
    private long order;

    /**
     * @param weight more than 0; asked again whenever an item was picked
     */
    EdfScheduler(T[] items, ToDoubleFunction<? super T> weight) {
        this.items = items;
        this.weight = weight;
        heap = new int[items.length];
        deadlines = new double[items.length];
        orders = new long[items.length];
        for (int i = 0; i < items.length; i++) {
            heap[i] = i;
            deadlines[i] = 1.0 / weight.applyAsDouble(items[i]);
            orders[i] = order++;
        }
        for (int i = items.length / 2 - 1; i >= 0; i--) {
            down(i);
        }
    }

    /** Picks so many at once, so that workers do not all begin with the heaviest. */
    void skip(int picks) {
        for (int i = 0; i < picks; i++) {
            var _ = next();
        }
    }

    T next() {
        int first = heap[0];
        T item = items[first];
        deadlines[first] += 1.0 / weight.applyAsDouble(item);
        orders[first] = order++;
        down(0);
        return item;
    }

    private void down(int from) {
        int entry = heap[from];
        int i = from;
        while (2 * i + 1 < heap.length) {
            int child = 2 * i + 1;
            if (child + 1 < heap.length && before(heap[child + 1], heap[child])) {
                child++;
            }
            if (!before(heap[child], entry)) {
                break;
            }
            heap[i] = heap[child];
            i = child;
        }
        heap[i] = entry;
    }

    private boolean before(int a, int b) {
        return deadlines[a] != deadlines[b] ? deadlines[a] < deadlines[b] : orders[a] < orders[b];
    }
}
