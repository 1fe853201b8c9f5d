// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import org.junit.jupiter.api.Test;

class QueryTest {
    @Test
    void onlyPercentEncodingIsDecodedAndOnlyWhereItIsOne() {
        assertThat(Query.parse("/x?a=1+2&b=%2B%zz%&c&=d&a=3", null).parameters())
                .containsExactly(
                        entry("a", "1+2"), entry("b", "+%zz%"), entry("c", ""), entry("", "d"));
    }

    @Test
    void aFormCountsWhereThePathSaysNothing() {
        assertThat(Query.parse("/x", "a=1&b=%20").parameters())
                .containsExactly(entry("a", "1"), entry("b", " "));
        assertThat(Query.parse("/x?", "a=1").parameters()).containsExactly(entry("a", "1"));
        assertThat(Query.parse("/x?c=1", "a=1").parameters()).containsExactly(entry("c", "1"));
    }
}
