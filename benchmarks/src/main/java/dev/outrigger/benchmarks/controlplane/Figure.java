// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.controlplane;

import java.util.Map;

/**
 * What one contender came to in one scenario.
 *
 * @param size clients or routes
 * @param values by name, the unit in the name
 */
record Figure(String contender, String scenario, int size, Map<String, Double> values) {
    double value(String name) {
        return values.getOrDefault(name, Double.NaN);
    }
}
