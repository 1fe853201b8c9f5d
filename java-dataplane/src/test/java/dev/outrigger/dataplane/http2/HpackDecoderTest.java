// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.http2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HpackDecoderTest {
    private final HpackDecoder decoder = new HpackDecoder(4096);

    private List<String> decode(String hex) throws HpackError {
        byte[] block = HexFormat.of().parseHex(hex.replace(" ", ""));
        return decode(block, block.length);
    }

    private List<String> decode(byte[] block, int length) throws HpackError {
        var fields = new ArrayList<String>();
        decoder.decode(
                block,
                0,
                length,
                (name, at, size, value, valueAt, valueSize) ->
                        fields.add(
                                new String(name, at, size, ISO_8859_1)
                                        + ": "
                                        + new String(value, valueAt, valueSize, ISO_8859_1)));
        return fields;
    }

    @Test
    void readsRequestsOfTheStandardWithoutHuffmanCode() throws HpackError {
        assertThat(decode("8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d"))
                .containsExactly(
                        ":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com");
        assertThat(decode("8286 84be 5808 6e6f 2d63 6163 6865"))
                .containsExactly(
                        ":method: GET",
                        ":scheme: http",
                        ":path: /",
                        ":authority: www.example.com",
                        "cache-control: no-cache");
        assertThat(
                        decode(
                                "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661"
                                        + " 6c75 65"))
                .containsExactly(
                        ":method: GET",
                        ":scheme: https",
                        ":path: /index.html",
                        ":authority: www.example.com",
                        "custom-key: custom-value");
        assertThat(decoder.tableBytes()).isEqualTo(164);
    }

    @Test
    void readsRequestsOfTheStandardWithHuffmanCode() throws HpackError {
        assertThat(decode("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff"))
                .contains(":authority: www.example.com");
        assertThat(decode("8286 84be 5886 a8eb 1064 9cbf")).contains("cache-control: no-cache");
        assertThat(decode("8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf"))
                .contains(":authority: www.example.com", "custom-key: custom-value");
    }

    @Test
    void forgetsTheOldestFieldsWhenTheTableIsFull() throws HpackError {
        var small = new HpackDecoder(256);
        byte[] first =
                HexFormat.of()
                        .parseHex(
                                "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31"
                                        + "333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d");
        small.decode(first, 0, first.length, (n, a, l, v, b, k) -> {});
        assertThat(small.tableBytes()).isEqualTo(222);
        byte[] second = HexFormat.of().parseHex("4803333037c1c0bf");
        var fields = new ArrayList<String>();
        small.decode(
                second,
                0,
                second.length,
                (n, a, l, v, b, k) -> fields.add(new String(v, b, k, ISO_8859_1)));
        assertThat(fields).startsWith("307", "private");
        assertThat(small.tableBytes()).isEqualTo(222);
    }

    @ParameterizedTest
    @CsvSource({
        "80, no field with index 0",
        "be, no field with index 62",
        "00, ends within",
        "000161, ends within",
        "00056162, ends within a string",
        "3fe21f82, table size above the setting",
        "823f01, table size update behind a field",
        "ffffffffffff01, number too",
        "0082ffff00, broken Huffman code",
    })
    void refusesBrokenBlocks(String hex, String why) {
        assertThatThrownBy(() -> decode(hex))
                .isInstanceOf(HpackError.class)
                .hasMessageContaining(why);
    }

    @Test
    void readsWhatTheEncoderWrites() throws HpackError {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
        var encoder = new HpackEncoder();
        for (int round = 0; round < 200; round++) {
            var headers = new HeaderBlock();
            var expected = new ArrayList<String>();
            int status = random.nextInt(100, 600);
            expected.add(":status: " + status);
            for (int i = random.nextInt(12); i > 0; i--) {
                int id = random.nextInt(KnownHeader.COUNT);
                String name = id == 0 ? "x-" + random.nextInt(1000) : KnownHeader.text(id);
                String value = "v".repeat(random.nextInt(300));
                headers.add(Ascii.bytes(name), Ascii.bytes(value));
                expected.add(name + ": " + value);
            }
            encoder.begin();
            encoder.status(status);
            encoder.fields(headers, 0);
            assertThat(decode(encoder.bytes(), encoder.size())).isEqualTo(expected);
        }
    }

    @Test
    void wantsASmallerTableToBeAgreedTo() throws HpackError {
        decoder.setAllowedTableBytes(100);
        assertThatThrownBy(() -> decode("82")).isInstanceOf(HpackError.class);
        assertThat(decode("3f45 82")).containsExactly(":method: GET");
        assertThat(decode("82")).containsExactly(":method: GET");
    }
}
