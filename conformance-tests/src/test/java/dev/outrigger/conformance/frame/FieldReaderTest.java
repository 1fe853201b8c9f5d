// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrigger.conformance.observe.Header;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples of RFC 7541, and what is no field block. */
class FieldReaderTest {
    private final FieldReader reader = new FieldReader();

    @Test
    void readsCompressedStringsAndTheirTable() throws IOException {
        // Appendices C.4.1 to C.4.3.
        assertThat(read("828684418cf1e3c2e5f23a6ba0ab90f4ff"))
                .containsExactly(
                        new Header(":method", "GET"),
                        new Header(":scheme", "http"),
                        new Header(":path", "/"),
                        new Header(":authority", "www.example.com"));
        assertThat(read("828684be5886a8eb10649cbf"))
                .contains(new Header("cache-control", "no-cache"))
                .contains(new Header(":authority", "www.example.com"));
        assertThat(read("828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf"))
                .contains(new Header(":path", "/index.html"))
                .contains(new Header("custom-key", "custom-value"));
    }

    @Test
    void dropsEntriesWhenTheTableBecomesSmaller() throws IOException {
        var _ = read("418cf1e3c2e5f23a6ba0ab90f4ff");

        assertThat(read("20")).isEmpty();
        assertThatThrownBy(() -> read("be")).isInstanceOf(IOException.class);
    }

    @Test
    void readsWhatTheWriterWrites() throws IOException {
        var fields = List.of(new Header(":path", "/" + "x".repeat(300)), new Header("a", "\u00e9"));

        assertThat(reader.read(FieldBlock.of(fields, -1))).isEqualTo(fields);
    }

    @Test
    void rejectsABlockThatIsCutOff() {
        assertThatThrownBy(() -> read("418cf1e3")).isInstanceOf(IOException.class);
    }

    private List<Header> read(String hex) throws IOException {
        return reader.read(HexFormat.of().parseHex(hex));
    }
}
