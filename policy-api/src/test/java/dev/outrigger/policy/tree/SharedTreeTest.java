// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedTreeTest {
    private record Differing(String key, Optional<Integer> before, Optional<Integer> after) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void isASortedMapWhoseCopiesKnowHowTheyDiffer(long seed) {
        var random = new SplittableRandom(seed);
        var tree = SharedTree.<Integer>byName();
        var map = new TreeMap<String, Integer>();
        var earlier = tree;
        var mapThen = new TreeMap<>(map);
        for (int step = 0; step < 2_000; step++) {
            var key = "name-" + random.nextInt(300);
            if (random.nextInt(3) == 0) {
                tree = tree.without(key);
                map.remove(key);
            } else {
                Integer value = 1_000 + step;
                tree = tree.with(key, value);
                map.put(key, value);
            }
            if (random.nextInt(20) == 0) {
                assertThat(differences(tree, earlier)).isEqualTo(differences(map, mapThen));
                earlier = tree;
                mapThen = new TreeMap<>(map);
            }
        }
        assertThat(List.copyOf(tree.values())).isEqualTo(List.copyOf(map.values()));
        assertThat(tree.size()).isEqualTo(map.size());
        for (int i = 0; i < 300; i++) {
            assertThat(tree.get("name-" + i)).isEqualTo(map.get("name-" + i));
        }
    }

    @Test
    void itsSummaryDependsOnItsContentAlone() {
        var names = new ArrayList<String>();
        for (int i = 0; i < 500; i++) {
            names.add("name-" + i);
        }
        var inOrder = treeOf(names);
        Collections.shuffle(names, new java.util.Random(7));
        var shuffled = treeOf(names).with("extra", 1).without("extra");

        assertThat(shape(shuffled)).isEqualTo(shape(inOrder)).isNotNull();
        assertThat(shape(inOrder.with("name-3", 2))).isNotEqualTo(shape(inOrder));
    }

    @Test
    void whatChangesNothingIsTheSameTree() {
        var tree = treeOf(List.of("a", "b"));

        assertThat(tree.with("a", java.util.Objects.requireNonNull(tree.get("a")))).isSameAs(tree);
        assertThat(tree.without("c")).isSameAs(tree);
    }

    private static SharedTree<String, Integer> treeOf(List<String> names) {
        var tree = SharedTree.<Integer>byName();
        for (String name : names) {
            tree = tree.with(name, name.length());
        }
        return tree;
    }

    private static @Nullable String shape(SharedTree<String, Integer> tree) {
        return tree.summary((left, key, value, right) ->
                "(" + left + " " + key + "=" + value + " " + right + ")");
    }

    private static List<Differing> differences(
            SharedTree<String, Integer> now, SharedTree<String, Integer> then) {
        var found = new ArrayList<Differing>();
        now.differences(then, (key, was, is) -> found.add(new Differing(key, was, is)));
        return found;
    }

    private static List<Differing> differences(
            Map<String, Integer> now, Map<String, Integer> then) {
        var keys = new TreeMap<String, Boolean>();
        now.keySet().forEach(key -> keys.put(key, true));
        then.keySet().forEach(key -> keys.put(key, true));
        return keys.keySet().stream()
                .map(key ->
                        new Differing(
                                key,
                                Optional.ofNullable(then.get(key)),
                                Optional.ofNullable(now.get(key))))
                .filter(differing -> !differing.before().equals(differing.after()))
                .toList();
    }
}
