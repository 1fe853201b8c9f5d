// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.util.NetUtil;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The request target of an HTTP/1 request line: which bytes it may hold and what it addresses. */
final class RequestTarget {
    private static final byte[] HTTP = Ascii.bytes("http");
    private static final byte[] HTTPS = Ascii.bytes("https");
    private static final byte[] SLASH = {'/'};
    private static final int MAX_ZONE = 15;
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
            while (i < end && (isAlpha(data[i]) || (i > start && isSchemeByte(data[i])))) {
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
        } else if (!options.allowAbsoluteUrl()) {
            // Envoy takes whatever there is for a path.
            return null;
        } else if (data[start] == '*') {
            found = head.method() == Method.OPTIONS ? null : CodecError.INVALID_URL;
        } else if (data[start] != '/') {
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
        if (!isHostAndPort(data, start, end, true)) {
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
        int authority = i + 3;
        int path = authority;
        int at = -1;
        while (path < end && data[path] != '/' && data[path] != '?' && data[path] != '#') {
            if (data[path] == '@' && at < 0) {
                at = path;
            }
            path++;
        }
        // A user's name and password go no further.
        int host = at < 0 ? authority : at + 1;
        if (!isHostAndPort(data, host, path, false)) {
            return CodecError.INVALID_URL;
        }
        boolean https = i - start == HTTPS.length && Ascii.equalsIgnoreCase(data, start, HTTPS);
        if (!https && !(i - start == HTTP.length && Ascii.equalsIgnoreCase(data, start, HTTP))) {
            return CodecError.INVALID_SCHEME;
        }
        if (https && refusesHttps) {
            return CodecError.HTTPS_ON_PLAINTEXT;
        }
        head.setScheme(https);
        byte[] hostAndPort = Arrays.copyOfRange(data, host, path);
        byte[] pathAndQuery = Arrays.copyOfRange(data, path, end);
        head.headers().set(KnownHeader.HOST, hostAndPort);
        if (pathAndQuery.length == 0) {
            head.setPath(SLASH);
        } else {
            head.setPath(pathAndQuery);
        }
        return null;
    }

    /** A name or an address, in brackets if it is an IPv6 one, and a port up to 65535. */
    private static boolean isHostAndPort(byte[] data, int from, int to, boolean portNeeded) {
        int i = from;
        if (i < to && data[i] == '[') {
            i = endOfBrackets(data, i + 1, to);
            if (i < 0) {
                return false;
            }
        } else {
            while (i < to && isHostByte(data[i])) {
                i++;
            }
            if (i == from) {
                return false;
            }
        }
        if (i == to) {
            return !portNeeded;
        }
        int port = i + 1;
        return data[i] == ':' && to > port && isPort(data, port, to);
    }

    /** Behind the closing bracket; -1 when what is within is no address. */
    private static int endOfBrackets(byte[] data, int from, int to) {
        int end = from;
        while (end < to && data[end] != ']') {
            end++;
        }
        if (end == to) {
            return -1;
        }
        var text = new String(data, from, end - from, ISO_8859_1);
        int percent = text.indexOf('%');
        var address = percent < 0 ? text : text.substring(0, percent);
        boolean valid =
                address.indexOf('[') < 0
                        && NetUtil.isValidIpV6Address(address)
                        && (percent < 0 || isZone(text.substring(percent + 1)));
        return valid ? end + 1 : -1;
    }

    /** A number, or an interface of this machine, as its resolver takes them. */
    private static boolean isZone(String zone) {
        if (zone.isEmpty() || zone.length() > MAX_ZONE) {
            return false;
        }
        if (zone.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return true;
        }
        try {
            return NetworkInterface.getByName(zone) != null;
        } catch (SocketException _) {
            return false;
        }
    }

    private static boolean isSchemeByte(byte b) {
        return (b >= '0' && b <= '9') || b == '+' || b == '-' || b == '.';
    }

    private static boolean isHostByte(byte b) {
        return isAlpha(b) || (b >= '0' && b <= '9') || b == '.' || b == '-';
    }

    private static boolean isPort(byte[] data, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            if (data[i] < '0' || data[i] > '9') {
                return false;
            }
            value = value * 10 + data[i] - '0';
            if (value > 65_535) {
                return false;
            }
        }
        return true;
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
