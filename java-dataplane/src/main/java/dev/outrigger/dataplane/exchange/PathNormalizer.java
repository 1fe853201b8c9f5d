// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.RequestHead;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;

/**
 * Path normalisation (P1, P3..P6): fragments are refused; dot segments, backslashes and needless
 * percent-encoding go when asked; runs of slashes collapse when asked. The query is never touched.
 */
final class PathNormalizer {
    private static final String UNRESERVED = "-._~";

    private PathNormalizer() {}

    /**
     * @return whether the path is acceptable
     */
    static boolean normalize(RequestHead head, boolean dotSegments, boolean mergeSlashes) {
        byte[] data = head.headers().data();
        int start = head.pathOffset();
        int end = start + head.pathLength();
        for (int i = start; i < end; i++) {
            if (data[i] == '#') {
                return false;
            }
        }
        if (!dotSegments && !mergeSlashes) {
            return true;
        }
        String whole = head.path();
        int length = head.pathLengthWithoutQuery();
        String path = whole.substring(0, length);
        String normalized = path;
        if (dotSegments) {
            String decoded = decodeUnreserved(path);
            if (decoded == null) {
                return false;
            }
            normalized = removeDots(decoded.replace('\\', '/'));
        }
        if (mergeSlashes) {
            normalized = merge(normalized);
        }
        if (!normalized.equals(path)) {
            head.setPath(Ascii.bytes(normalized + whole.substring(length)));
        }
        return true;
    }

    @SuppressWarnings("NullAway") // null is the refusal, checked by the one caller
    private static String decodeUnreserved(String path) {
        if (path.indexOf('%') < 0) {
            return path;
        }
        var out = new ByteArrayOutputStream();
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            int high = c == '%' && i + 2 < path.length() + 0 ? hex(path, i + 1) : -1;
            int low = high >= 0 && i + 2 < path.length() ? hex(path, i + 2) : -1;
            if (c != '%' || high < 0 || low < 0) {
                out.write(c);
                continue;
            }
            int value = high << 4 | low;
            if (value == 0) {
                return null;
            }
            boolean unreserved =
                    value < 128
                            && (Character.isLetterOrDigit(value) || UNRESERVED.indexOf(value) >= 0);
            if (unreserved) {
                out.write(value);
            } else {
                out.write('%');
                out.write(path.charAt(i + 1));
                out.write(path.charAt(i + 2));
            }
            i += 2;
        }
        return out.toString(java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private static int hex(String path, int at) {
        return Character.digit(path.charAt(at), 16);
    }

    private static String removeDots(String path) {
        var kept = new ArrayDeque<String>();
        String[] segments = path.substring(1).split("/", -1);
        boolean directory = false;
        for (int i = 0; i < segments.length; i++) {
            String segment = segments[i];
            directory = false;
            if (isDots(segment, "..")) {
                if (!kept.isEmpty()) {
                    kept.removeLast();
                }
                directory = true;
            } else if (isDots(segment, ".")) {
                directory = true;
            } else {
                kept.addLast(segment);
            }
        }
        String joined = "/" + String.join("/", kept);
        return directory && !joined.endsWith("/") ? joined + "/" : joined;
    }

    /** The segment itself, or with path parameters behind it (P6). */
    private static boolean isDots(String segment, String dots) {
        return segment.equals(dots) || segment.startsWith(dots + ";");
    }

    private static String merge(String path) {
        if (!path.contains("//")) {
            return path;
        }
        var out = new StringBuilder(path.length());
        char before = 0;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c != '/' || before != '/') {
                out.append(c);
            }
            before = c;
        }
        return out.toString();
    }
}
