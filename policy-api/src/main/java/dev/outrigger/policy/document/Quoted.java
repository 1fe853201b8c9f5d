// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.document;

/** Puts an author's text into a message: in quotes, without control characters, not too long. */
public final class Quoted {
    private static final int MAX_CHARS = 80;

    private Quoted() {}

    public static String of(String text) {
        return "'" + shorten(text) + "'";
    }

    /** A parser's message on one line, without the full stop it may end with. */
    static String plain(String message) {
        String line = message.replaceAll("\\s+", " ").strip();
        String cut = line.length() > 300 ? line.substring(0, 300) + "…" : line;
        return cut.endsWith(".") ? cut.substring(0, cut.length() - 1) : cut;
    }

    /**
     * Whether a character makes a text more than one line, or look like another one: control
     * characters, separators of lines, and what turns the direction of writing.
     */
    public static boolean breaksLine(int codePoint) {
        int type = Character.getType(codePoint);
        return Character.isISOControl(codePoint)
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || (codePoint >= 0x202a && codePoint <= 0x202e)
                || (codePoint >= 0x2066 && codePoint <= 0x2069);
    }

    /** A text of others on one line of the log, at most so many characters of it. */
    public static String line(String text, int maxChars) {
        var out = new StringBuilder();
        text.codePoints()
                .limit(maxChars)
                .forEach(c -> {
                    if (breaksLine(c)) {
                        out.append(String.format("\\u%04x", c));
                    } else {
                        out.appendCodePoint(c);
                    }
                });
        return text.length() > maxChars ? out + "…" : out.toString();
    }

    /** Without the quotes. A line break in a name must not become one in a log. */
    static String shorten(String text) {
        var out = new StringBuilder();
        int end = Math.min(text.length(), MAX_CHARS);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (breaksLine(c)
                    || Character.getType(c) == Character.FORMAT
                    || (Character.isSurrogate(c) && !isWholePair(text, i))) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return text.length() > MAX_CHARS ? out + "…" : out.toString();
    }

    private static boolean isWholePair(String text, int i) {
        return Character.isHighSurrogate(text.charAt(i))
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }
}
