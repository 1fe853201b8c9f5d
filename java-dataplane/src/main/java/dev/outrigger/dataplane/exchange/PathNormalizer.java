// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.config.FractionalPercent;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.PathWithEscapedSlashesAction;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.runtime.RuntimeKeys;
import dev.outrigger.dataplane.runtime.RuntimeSnapshot;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Path normalisation (P1, P3..P6): fragments are refused; dot segments, backslashes and needless
 * percent-encoding go when asked; runs of slashes collapse when asked. The query is never touched.
 * Immutable: what the configuration leaves to runtime is asked for once, as in Envoy.
 */
final class PathNormalizer {
    private static final String UNRESERVED = "-._~";

    /** Beside control characters: what a path may not hold as it is. */
    private static final String ESCAPED = " \"<>^`{|}";

    private final PathWithEscapedSlashesAction escapedSlashes;
    private final boolean dotSegments;
    private final boolean mergeSlashes;

    /**
     * @param runtime as of the moment the connection manager is made
     */
    PathNormalizer(
            HttpConnectionManagerConfig config, RuntimeSnapshot runtime, RandomGenerator random) {
        boolean acts =
                runtime.featureEnabled(
                        RuntimeKeys.ESCAPED_SLASHES_ENABLED,
                        FractionalPercent.ALWAYS,
                        random.nextLong());
        this.escapedSlashes =
                acts
                        ? config.pathWithEscapedSlashesAction().orElseGet(() -> byRuntime(runtime))
                        : PathWithEscapedSlashesAction.KEEP_UNCHANGED;
        this.dotSegments =
                config.normalizePath()
                        .orElseGet(() ->
                                runtime.featureEnabled(RuntimeKeys.NORMALIZE_PATH, 0, random));
        this.mergeSlashes = config.mergeSlashes();
    }

    private static PathWithEscapedSlashesAction byRuntime(RuntimeSnapshot runtime) {
        // The numbers of Envoy's enumeration.
        return switch (Math.clamp(runtime.integer(RuntimeKeys.ESCAPED_SLASHES, 0), 0, 5)) {
            case 2 -> PathWithEscapedSlashesAction.REJECT_REQUEST;
            case 3 -> PathWithEscapedSlashesAction.UNESCAPE_AND_REDIRECT;
            case 4 -> PathWithEscapedSlashesAction.UNESCAPE_AND_FORWARD;
            default -> PathWithEscapedSlashesAction.KEEP_UNCHANGED;
        };
    }

    /** What became of a path. */
    enum Outcome {
        ACCEPTED,
        REFUSED,
        /** Send the client to the path as it now is (P2). */
        REDIRECT
    }

    Outcome normalize(RequestHead head) {
        if (hasFragment(head)) {
            return Outcome.REFUSED;
        }
        boolean redirect = false;
        switch (escapedSlashes) {
            case KEEP_UNCHANGED -> {}
            case REJECT_REQUEST -> {
                if (unescapeSlashes(head)) {
                    return Outcome.REFUSED;
                }
            }
            case UNESCAPE_AND_REDIRECT -> redirect = unescapeSlashes(head);
            case UNESCAPE_AND_FORWARD -> unescapeSlashes(head);
        }
        // A path that is refused is logged as it would have been.
        if (!canonicalize(head, dotSegments, mergeSlashes) || (redirect && head.isGrpc())) {
            return Outcome.REFUSED;
        }
        return redirect ? Outcome.REDIRECT : Outcome.ACCEPTED;
    }

    private static boolean hasFragment(RequestHead head) {
        byte[] data = head.headers().data();
        int start = head.pathOffset();
        int end = start + head.pathLength();
        for (int i = start; i < end; i++) {
            if (data[i] == '#') {
                return true;
            }
        }
        return false;
    }

    /** Decodes {@code %2F} and {@code %5C} of the path; true if there was one. */
    private static boolean unescapeSlashes(RequestHead head) {
        String whole = head.path();
        int length = head.pathLengthWithoutQuery();
        var out = new StringBuilder(whole.length());
        for (int i = 0; i < length; i++) {
            char c = whole.charAt(i);
            int value = c == '%' && i + 2 < length ? hexPair(whole, i + 1) : -1;
            if (value == '/' || value == '\\') {
                out.append((char) value);
                i += 2;
            } else {
                out.append(c);
            }
        }
        if (out.length() == length) {
            return false;
        }
        // A refused path is logged as it would have been, too.
        head.setPath(Ascii.bytes(out + whole.substring(length)));
        return true;
    }

    private static int hexPair(String text, int at) {
        int high = hex(text, at);
        int low = hex(text, at + 1);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    private static boolean canonicalize(
            RequestHead head, boolean dotSegments, boolean mergeSlashes) {
        if (!dotSegments && !mergeSlashes) {
            return true;
        }
        String whole = head.path();
        int length = head.pathLengthWithoutQuery();
        String path = whole.substring(0, length);
        String normalized = path;
        if (dotSegments) {
            String decoded = canonicalEscapes(path);
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

    /** Escapes what needs it and nothing else; null for an escaped NUL. */
    private static @Nullable String canonicalEscapes(String path) {
        if (path.chars().noneMatch(c -> c == '%' || isEscaped(c))) {
            return path;
        }
        var out = new ByteArrayOutputStream();
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            int value = c == '%' && i + 2 < path.length() ? hexPair(path, i + 1) : -1;
            if (value < 0) {
                if (isEscaped(c)) {
                    out.write('%');
                    out.write(Character.toUpperCase(Character.forDigit(c >> 4, 16)));
                    out.write(Character.toUpperCase(Character.forDigit(c & 15, 16)));
                } else {
                    out.write(c);
                }
                continue;
            }
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

    private static boolean isEscaped(int c) {
        return c < ' ' || c >= 0x7f || ESCAPED.indexOf(c) >= 0;
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
        // Nothing between the first and the last slash, which both stay (observed).
        return out.length() == 1 ? "//" : out.toString();
    }
}
