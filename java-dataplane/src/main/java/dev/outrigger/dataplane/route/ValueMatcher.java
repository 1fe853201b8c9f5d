// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.re2j.Pattern;
import dev.outrigger.dataplane.config.RouteMatchConfig.ValueMatch;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.WireText;
import java.util.Arrays;

/** A condition on one value, compiled. Immutable. */
@FunctionalInterface
public interface ValueMatcher {
    boolean matches(byte[] data, int offset, int length);

    static ValueMatcher of(ValueMatch match) {
        return switch (match) {
            case ValueMatch.Present(boolean _) -> (data, offset, length) -> true;
            case ValueMatch.Exact(String value, boolean ignoreCase) -> {
                byte[] text = text(value, ignoreCase);
                yield (data, offset, length) ->
                        length == text.length && equal(data, offset, text, ignoreCase);
            }
            case ValueMatch.Prefix(String value, boolean ignoreCase) -> {
                byte[] text = text(value, ignoreCase);
                yield (data, offset, length) ->
                        length >= text.length && equal(data, offset, text, ignoreCase);
            }
            case ValueMatch.Suffix(String value, boolean ignoreCase) -> {
                byte[] text = text(value, ignoreCase);
                yield (data, offset, length) ->
                        length >= text.length
                                && equal(data, offset + length - text.length, text, ignoreCase);
            }
            case ValueMatch.Contains(String value, boolean ignoreCase) -> {
                byte[] text = text(value, ignoreCase);
                yield (data, offset, length) -> contains(data, offset, length, text, ignoreCase);
            }
            case ValueMatch.Regex(String value) -> {
                Pattern pattern = Latin1Regex.compile(value);
                yield (data, offset, length) ->
                        pattern.matches(new String(data, offset, length, ISO_8859_1));
            }
            case ValueMatch.Range(long start, long end) ->
                    (data, offset, length) -> inRange(data, offset, length, start, end);
        };
    }

    private static byte[] text(String value, boolean ignoreCase) {
        return WireText.bytes(ignoreCase ? Ascii.lower(value) : value);
    }

    private static boolean equal(byte[] data, int offset, byte[] text, boolean ignoreCase) {
        return ignoreCase
                ? Ascii.equalsIgnoreCase(data, offset, text)
                : Arrays.equals(data, offset, offset + text.length, text, 0, text.length);
    }

    private static boolean contains(
            byte[] data, int offset, int length, byte[] text, boolean ignoreCase) {
        for (int i = offset; i <= offset + length - text.length; i++) {
            if (equal(data, i, text, ignoreCase)) {
                return true;
            }
        }
        return false;
    }

    private static boolean inRange(byte[] data, int offset, int length, long start, long end) {
        boolean negative = length > 0 && data[offset] == '-';
        int skip = negative ? 1 : 0;
        long magnitude = Ascii.decimal(data, offset + skip, length - skip);
        if (magnitude < 0) {
            return false;
        }
        long value = negative ? -magnitude : magnitude;
        return value >= start && value < end;
    }
}
