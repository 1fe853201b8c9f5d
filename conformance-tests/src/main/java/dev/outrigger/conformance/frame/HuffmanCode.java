// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.frame;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads strings in the code of RFC 7541 appendix B. It is canonical: shorter codes first, and those
 * of one length in the order of their symbols.
 */
final class HuffmanCode {
    /** Which symbols have codes of so many bits. */
    private static final String[] BY_LENGTH = {
        "5: 48-50 97 99 101 105 111 115-116",
        "6: 32 37 45-47 51-57 61 65 95 98 100 102-104 108-110 112 114 117",
        "7: 58 66-87 89 106-107 113 118-122",
        "8: 38 42 44 59 88 90",
        "10: 33-34 40-41 63",
        "11: 39 43 124",
        "12: 35 62",
        "13: 0 36 64 91 93 126",
        "14: 94 125",
        "15: 60 96 123",
        "19: 92 195 208",
        "20: 128 130-131 162 184 194 224 226",
        "21: 153 161 167 172 176-177 179 209 216-217 227 229-230",
        "22: 129 132-134 136 146 154 156 160 163-164 169-170 173 178 181 185-187"
                + " 189-190 196 198 228 232-233",
        "23: 1 135 137-141 143 147 149-152 155 157-158 165-166 168 174-175 180 182-183"
                + " 188 191 197 231 239",
        "24: 9 142 144-145 148 159 171 206 215 225 236-237",
        "25: 199 207 234-235",
        "26: 192-193 200-202 205 210 213 218-219 238 240 242-243 255",
        "27: 203-204 211-212 214 221-223 241 244-248 250-254",
        "28: 2-8 11-12 14-21 23-31 127 220 249",
        "30: 10 13 22 256",
    };

    private static final int LONGEST = 30;

    /** Symbols by their code behind a leading one. */
    private static final Map<Integer, Integer> SYMBOLS = symbols();

    private HuffmanCode() {}

    private static Map<Integer, Integer> symbols() {
        var symbols = new HashMap<Integer, Integer>();
        int code = 0;
        int length = 0;
        for (var line : BY_LENGTH) {
            int colon = line.indexOf(':');
            int next = Integer.parseInt(line.substring(0, colon));
            code <<= next - length;
            length = next;
            for (var part : line.substring(colon + 2).split(" ")) {
                var ends = part.split("-");
                int last = Integer.parseInt(ends[ends.length - 1]);
                for (int symbol = Integer.parseInt(ends[0]); symbol <= last; symbol++) {
                    symbols.put((1 << length) | code++, symbol);
                }
            }
        }
        return symbols;
    }

    /** The text in the bytes; each of its characters is one byte. */
    static String decode(byte[] bytes, int from, int to) throws IOException {
        var text = new StringBuilder();
        int code = 1;
        for (int bit = from * 8; bit < to * 8; bit++) {
            code = code << 1 | (bytes[bit >> 3] >> (7 - (bit & 7)) & 1);
            var symbol = SYMBOLS.get(code);
            if (symbol != null) {
                text.append((char) symbol.intValue());
                code = 1;
            } else if (code >> LONGEST != 0) {
                throw new IOException("no such code in a compressed string");
            }
        }
        return text.toString();
    }
}
