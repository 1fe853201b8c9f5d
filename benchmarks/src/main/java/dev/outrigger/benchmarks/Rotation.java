// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The order of contenders in a round. Every round starts one further, and every other round runs
 * backwards, so that nobody always follows the same neighbour.
 */
final class Rotation {

    private Rotation() {}

    static <T> List<T> of(List<T> contenders, int round) {
        List<T> order = new ArrayList<>(contenders);
        Collections.rotate(order, -(round % Math.max(order.size(), 1)));
        return round % 2 == 0 ? order : order.reversed();
    }
}
