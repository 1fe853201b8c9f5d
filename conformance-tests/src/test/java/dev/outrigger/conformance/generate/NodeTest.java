// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NodeTest {
    private static final Node NODE =
            new Message()
                    .need("name", "a\"b")
                    .with("count", 3)
                    .with("each", Message.items(1, List.of("x", true)))
                    .node();

    @Test
    void isJson() {
        assertThat(NODE.json())
                .isEqualTo("{\"name\": \"a\\\"b\", \"count\": 3, \"each\": [\"x\", true]}");
    }

    @Test
    void canDoWithoutWhatIsNotNeeded() {
        var smaller = NODE.removable().stream().map(place -> NODE.without(place).json()).toList();

        assertThat(smaller)
                .containsExactly(
                        "{\"name\": \"a\\\"b\", \"each\": [\"x\", true]}",
                        "{\"name\": \"a\\\"b\", \"count\": 3}",
                        "{\"name\": \"a\\\"b\", \"count\": 3, \"each\": [true]}",
                        "{\"name\": \"a\\\"b\", \"count\": 3, \"each\": [\"x\"]}");
    }

    @Test
    void keepsAsManyElementsAsAreNeeded() {
        var list = Message.items(2, List.of("x", "y"));

        assertThat(list.removable()).isEmpty();
    }
}
