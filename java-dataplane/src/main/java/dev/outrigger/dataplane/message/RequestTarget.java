// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The request target of an HTTP/1 request line: which bytes it may hold and what it addresses. */
final class RequestTarget {
    private static final byte[] HTTP = Ascii.bytes("http");
    private static final byte[] HTTPS = Ascii.bytes("https");
    private static final byte[] SLASH = {'/'};
    private static final boolean[] HOST = new boolean[256];

    static {
        for (int i = 0; i < 128; i++) {
            HOST[i] = Character.isLetterOrDigit(i) || "!$%&'()*+,-.:;=@[]_~".indexOf(i) >= 0;
        }
    }

    private RequestTarget() {}

    /** Whether the target is origin form, asterisk, absolute form or (for CONNECT) an authority. */
    static boolean isValid(byte[] data, int start, int end, boolean connect) {
        if (start >= end) {
            return false;
        }
        if (data[start] == '/' || data[start] == '*') {
            return isVisible(data, start + 1, end);
        }
        int host = start;
        if (!connect) {
            int i = start;
            while (i < end && isAlpha(data[i])) {
                i++;
            }
            if (i == start
                    || i + 3 > end
                    || data[i] != ':'
                    || data[i + 1] != '/'
                    || data[i + 2] != '/') {
                return false;
            }
            host = i + 3;
        }
        int path = host;
        while (path < end && data[path] != '/' && data[path] != '?') {
            if (!HOST[data[path] & 0xff]
                    || (data[path] == '@' && path + 1 < end && data[path + 1] == '@')) {
                return false;
            }
            path++;
        }
        return isVisible(data, path, end);
    }

    /** Takes absolute form apart: its authority replaces {@code host} (O1). */
    static @Nullable CodecError resolve(RequestHead head, RequestReader.Options options) {
        byte[] data = head.headers().data;
        int start = head.pathOffset();
        int end = start + head.pathLength();
        CodecError found = null;
        if (head.method() == Method.CONNECT) {
            found = connect(head, data, start, end);
        } else if (data[start] == '*') {
            found = head.method() == Method.OPTIONS ? null : CodecError.INVALID_URL;
        } else if (data[start] != '/' && options.allowAbsoluteUrl()) {
            found = absolute(head, data, start, end, options.refusesHttps());
        }
        return found;
    }

    /** Whether {@code host}, from wherever it came, may be one. */
    static @Nullable CodecError checkAuthority(HeaderBlock headers) {
        int host = headers.find(KnownHeader.HOST);
        return host < 0 || isAuthority(headers, host) ? null : CodecError.INVALID_AUTHORITY;
    }

    private static @Nullable CodecError connect(RequestHead head, byte[] data, int start, int end) {
        int colon = -1;
        for (int i = start; i < end; i++) {
            if (data[i] == ':') {
                colon = i;
            }
        }
        if (colon <= start || colon == end - 1) {
            return CodecError.INVALID_URL;
        }
        head.headers().set(KnownHeader.HOST, Arrays.copyOfRange(data, start, end));
        head.setPathRange(start, 0);
        return null;
    }

    private static @Nullable CodecError absolute(
            RequestHead head, byte[] data, int start, int end, boolean refusesHttps) {
        int i = start;
        while (data[i] != ':') {
            i++;
        }
        boolean https = i - start == HTTPS.length && Ascii.equalsIgnoreCase(data, start, HTTPS);
        if (!https && !(i - start == HTTP.length && Ascii.equalsIgnoreCase(data, start, HTTP))) {
            return CodecError.INVALID_SCHEME;
        }
        int authority = i + 3;
        int path = authority;
        int afterUserInfo = authority;
        while (path < end && data[path] != '/' && data[path] != '?' && data[path] != '#') {
            if (data[path] == '@') {
                afterUserInfo = path + 1;
            }
            path++;
        }
        if (afterUserInfo >= path) {
            return CodecError.INVALID_URL;
        }
        if (https && refusesHttps) {
            return CodecError.HTTPS_ON_PLAINTEXT;
        }
        head.setScheme(https);
        byte[] host = Arrays.copyOfRange(data, afterUserInfo, path);
        byte[] pathAndQuery = Arrays.copyOfRange(data, path, end);
        head.headers().set(KnownHeader.HOST, host);
        if (pathAndQuery.length == 0) {
            head.setPath(SLASH);
        } else {
            head.setPath(pathAndQuery);
        }
        return null;
    }

    private static boolean isAuthority(HeaderBlock headers, int entry) {
        byte[] data = headers.data;
        int from = headers.valueOffset(entry);
        int to = from + headers.valueLength(entry);
        for (int i = from; i < to; i++) {
            if (!HOST[data[i] & 0xff]) {
                return false;
            }
        }
        return true;
    }

    private static boolean isVisible(byte[] data, int from, int to) {
        for (int i = from; i < to; i++) {
            byte b = data[i];
            if (b < '!' || b == 127) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAlpha(byte b) {
        return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
    }
}
