// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.als;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class Utf8Test {
    @Test
    void keepsWhatIsUtf8() {
        assertThat(Utf8.mended("plain")).isEqualTo("plain");
        assertThat(Utf8.mended(latin1("é€😀"))).isEqualTo("é€😀");
    }

    @Test
    void mendsEachByteThatBelongsToNoCharacter() {
        assertThat(Utf8.mended("a\u00ffb")).isEqualTo("a!b");
        assertThat(Utf8.mended("\u00e2\u0082 z")).isEqualTo("!! z");
        assertThat(Utf8.mended("\u00e2\u0082")).isEqualTo("!!");
        assertThat(Utf8.mended(latin1("é") + "\u00c3")).isEqualTo("é!");
    }

    private static String latin1(String text) {
        return new String(text.getBytes(UTF_8), StandardCharsets.ISO_8859_1);
    }
}
