// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class UnknownFieldsTest {
    private final AtomicInteger counted = new AtomicInteger();
    private final UnknownFields fields = UnknownFields.counted(counted::incrementAndGet);

    @Test
    void countsEachKindOnce() {
        for (int i = 0; i < 3; i++) {
            assertThat(fields.accepts("a.B", List.of(7))).isTrue();
        }
        assertThat(fields.accepts("a.B", List.of(7, 8))).isTrue();
        assertThat(fields.accepts("a.C::a.B", List.of(7))).isTrue();

        assertThat(counted).hasValue(3);
    }

    @Test
    void remembersNoMoreThanItMay() {
        for (int i = 0; i < 10_001; i++) {
            assertThat(fields.accepts("a.B", List.of(i))).isTrue();
        }

        assertThat(counted).hasValue(10_000);
    }
}
