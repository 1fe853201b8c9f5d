// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.listenerfilter;

/** What the first line of a connection says about HTTP. */
final class RequestLine {
    private static final String SEPARATORS = "()<>@,;:\\\"/[]?={} \t";

    private RequestLine() {}

    /** The version a complete request line names. */
    enum Version {
        /** It is no request line. */
        NONE,
        HTTP_1_1,
        /** 1.0, or none at all. */
        OTHER
    }

    /** Whether a line that is not complete can still become a request line. */
    static boolean mayBecomeOne(String line) {
        int space = line.indexOf(' ');
        return isToken(space < 0 ? line : line.substring(0, space));
    }

    /**
     * @param line without its line feed
     */
    static Version version(String line) {
        String text = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
        int first = text.indexOf(' ');
        int last = text.lastIndexOf(' ');
        if (first <= 0 || !isToken(text.substring(0, first))) {
            return Version.NONE;
        }
        if (last == first) {
            return Version.OTHER;
        }
        String version = text.substring(last + 1);
        boolean wellFormed =
                version.length() == 8
                        && version.startsWith("HTTP/")
                        && Character.isDigit(version.charAt(5))
                        && version.charAt(6) == '.'
                        && Character.isDigit(version.charAt(7));
        if (!wellFormed) {
            return Version.NONE;
        }
        return version.equals("HTTP/1.1") ? Version.HTTP_1_1 : Version.OTHER;
    }

    private static boolean isToken(String method) {
        for (int i = 0; i < method.length(); i++) {
            char c = method.charAt(i);
            if (c <= ' ' || c >= 127 || SEPARATORS.indexOf(c) >= 0) {
                return false;
            }
        }
        return !method.isEmpty();
    }
}
