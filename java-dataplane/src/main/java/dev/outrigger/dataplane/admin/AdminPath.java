// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import dev.outrigger.dataplane.message.UrlEncoding;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A path as the connection manager of Envoy's admin port hands it on: without needless
 * percent-encoding, dot segments and runs of slashes.
 */
final class AdminPath {
    private static final String UNRESERVED = "-._~";

    private AdminPath() {}

    static String normalized(String path) {
        if (!path.startsWith("/")) {
            return path;
        }
        String decoded = path.indexOf('%') < 0 ? path : decoded(path);
        if (!decoded.contains("//") && !decoded.contains("/.")) {
            return decoded;
        }
        Deque<String> kept = new ArrayDeque<>();
        String[] segments = decoded.split("/", -1);
        for (String segment : segments) {
            if (segment.equals("..")) {
                kept.pollLast();
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                kept.addLast(segment);
            }
        }
        String last = segments[segments.length - 1];
        boolean open = last.isEmpty() || last.equals(".") || last.equals("..");
        return '/' + String.join("/", kept) + (open && !kept.isEmpty() ? "/" : "");
    }

    private static String decoded(String path) {
        var out = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            int value = unreserved(path, i);
            if (value < 0) {
                out.append(c);
            } else {
                out.append((char) value);
                i += UrlEncoding.ESCAPE_CHARS - 1;
            }
        }
        return out.toString();
    }

    private static int unreserved(String path, int at) {
        int value = UrlEncoding.escape(path, at);
        boolean kept =
                value >= 0
                        && value < 128
                        && (Character.isLetterOrDigit(value) || UNRESERVED.indexOf(value) >= 0);
        return kept ? value : -1;
    }
}
