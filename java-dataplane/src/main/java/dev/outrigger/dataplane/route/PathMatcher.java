// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.re2j.Pattern;
import dev.outrigger.dataplane.config.RouteMatchConfig.PathMatch;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.WireText;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The path condition of a route (M3..M7) on the path without its query. Immutable. */
final class PathMatcher {
    private enum Kind {
        PREFIX,
        EXACT,
        SEPARATED_PREFIX,
        REGEX,
        CONNECT
    }

    private final Kind kind;
    private final byte[] text;
    private final boolean ignoreCase;
    private final @Nullable Pattern pattern;

    PathMatcher(PathMatch match, boolean caseSensitive) {
        this.ignoreCase = !caseSensitive;
        switch (match) {
            case PathMatch.Prefix(String value) -> {
                kind = Kind.PREFIX;
                text = bytes(value, caseSensitive);
                pattern = null;
            }
            case PathMatch.Exact(String value) -> {
                kind = Kind.EXACT;
                text = bytes(value, caseSensitive);
                pattern = null;
            }
            case PathMatch.PathSeparatedPrefix(String value) -> {
                kind = Kind.SEPARATED_PREFIX;
                text = bytes(value, caseSensitive);
                pattern = null;
            }
            case PathMatch.Regex(String value) -> {
                kind = Kind.REGEX;
                text = new byte[0];
                pattern = Latin1Regex.compile(value);
            }
            case PathMatch.UriTemplate(_, String regex, _) -> {
                kind = Kind.REGEX;
                text = new byte[0];
                pattern = Latin1Regex.compile(regex);
            }
            case PathMatch.Connect() -> {
                kind = Kind.CONNECT;
                text = new byte[0];
                pattern = null;
            }
        }
    }

    private static byte[] bytes(String value, boolean caseSensitive) {
        return WireText.bytes(caseSensitive ? value : Ascii.lower(value));
    }

    /**
     * @param length of the path without query
     */
    boolean matches(byte[] data, int offset, int length) {
        return switch (kind) {
            case PREFIX -> length >= text.length && startsWith(data, offset);
            case EXACT -> length == text.length && startsWith(data, offset);
            case SEPARATED_PREFIX ->
                    length >= text.length
                            && startsWith(data, offset)
                            && (length == text.length || data[offset + text.length] == '/');
            case REGEX ->
                    pattern != null
                            && pattern.matches(new String(data, offset, length, ISO_8859_1));
            case CONNECT -> false;
        };
    }

    /** Whether only CONNECT requests match, whatever their path (M9). */
    boolean isConnect() {
        return kind == Kind.CONNECT;
    }

    /**
     * How much of a matching path a prefix rewrite replaces (B2), or -1 when the path matches only
     * without its parameters and is left alone.
     */
    int matchedLength(byte[] data, int offset, int length) {
        return switch (kind) {
            case PREFIX, SEPARATED_PREFIX, EXACT ->
                    length >= text.length && startsWith(data, offset) ? text.length : -1;
            case REGEX, CONNECT -> length;
        };
    }

    private boolean startsWith(byte[] data, int offset) {
        return ignoreCase
                ? Ascii.equalsIgnoreCase(data, offset, text)
                : text.length == 1
                        ? data[offset] == text[0]
                        : Arrays.equals(data, offset, offset + text.length, text, 0, text.length);
    }
}
