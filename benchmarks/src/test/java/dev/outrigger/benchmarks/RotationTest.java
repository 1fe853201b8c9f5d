// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RotationTest {

    private static final List<String> NAMES = List.of("a", "b", "c");

    @Test
    void startsOneFurtherAndTurnsRoundEveryRound() {
        assertThat(Rotation.of(NAMES, 0)).containsExactly("a", "b", "c");
        assertThat(Rotation.of(NAMES, 1)).containsExactly("a", "c", "b");
        assertThat(Rotation.of(NAMES, 2)).containsExactly("c", "a", "b");
        assertThat(Rotation.of(NAMES, 3)).containsExactly("c", "b", "a");
    }

    @Test
    void givesEveryPlaceToEveryContender() {
        for (int place = 0; place < NAMES.size(); place++) {
            int each = place;
            var held =
                    java.util.stream.IntStream.range(0, 6)
                            .mapToObj(round -> Rotation.of(NAMES, round).get(each))
                            .toList();

            assertThat(held).containsAll(NAMES);
        }
    }
}
