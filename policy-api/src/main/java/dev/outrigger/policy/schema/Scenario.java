// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.schema;

import dev.outrigger.policy.document.NodeType;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a reader is told in one run. Most readers read the same whatever they find; where one does
 * not, a run in which one thing is different shows what else it reads. Immutable.
 *
 * @param only if there, nothing is present but this value, what it is in, and what is in it
 * @param absent if there, this value is not present
 * @param types values that pass for a type
 * @param words values that are one of several words
 * @param hasValues whether scalars have some value, or none
 */
record Scenario(
        Optional<String> only,
        Optional<String> absent,
        Map<String, NodeType> types,
        Map<String, String> words,
        boolean hasValues) {
    /** Everything is there. */
    static final Scenario FULL =
            new Scenario(Optional.empty(), Optional.empty(), Map.of(), Map.of(), true);

    /** Everything is there, but scalars say nothing. */
    static final Scenario EMPTY_SCALARS =
            new Scenario(Optional.empty(), Optional.empty(), Map.of(), Map.of(), false);

    Scenario only(String path) {
        return new Scenario(Optional.of(path), Optional.empty(), types, words, true);
    }

    Scenario without(String path) {
        return new Scenario(Optional.empty(), Optional.of(path), types, words, true);
    }

    Scenario type(String path, NodeType type) {
        var more = new HashMap<>(types);
        more.put(path, type);
        return new Scenario(only, absent, Map.copyOf(more), words, true);
    }

    Scenario word(String path, String word) {
        var more = new HashMap<>(words);
        more.put(path, word);
        return new Scenario(only, absent, types, Map.copyOf(more), true);
    }

    boolean isPresent(String path) {
        if (absent.isPresent() && absent.get().equals(path)) {
            return false;
        }
        return only.isEmpty() || isWithin(path, only.get()) || isWithin(only.get(), path);
    }

    private static boolean isWithin(String inner, String outer) {
        return inner.equals(outer) || inner.startsWith(outer + "/");
    }
}
