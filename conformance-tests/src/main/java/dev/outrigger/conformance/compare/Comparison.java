// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Finds every field in which two normalised observations differ. */
public final class Comparison {
    private Comparison() {}

    /**
     * All differences, in the order of their names.
     *
     * @param ignored names of fields that need not be equal; {@code *} stands for any text
     */
    public static List<Difference> of(
            SortedMap<String, String> oracle,
            SortedMap<String, String> subject,
            Set<String> ignored) {
        var wildcards = ignored.stream().map(Wildcard::of).collect(Collectors.toList());
        var names = new TreeSet<>(oracle.keySet());
        names.addAll(subject.keySet());
        var differences = new ArrayList<Difference>();
        for (var name : names) {
            if (name.startsWith("stat.") && !ComparedStats.includes(name)) {
                continue;
            }
            if (wildcards.stream().anyMatch(wildcard -> wildcard.matches(name))) {
                continue;
            }
            var expected = Optional.ofNullable(oracle.get(name));
            var actual = Optional.ofNullable(subject.get(name));
            if (!expected.equals(actual)) {
                differences.add(new Difference(name, expected, actual));
            }
        }
        return differences;
    }
}
