// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Deletes the headers a request's {@code connection} names, or refuses the request (E5). */
final class ConnectionHeader {
    private static final int MAX_TOKENS = 9;
    private static final byte[] TE = Ascii.bytes("te");
    private static final byte[] TRAILERS = Ascii.bytes("trailers");
    private static final long FORBIDDEN =
            KnownHeader.bit(KnownHeader.X_FORWARDED_FOR)
                    | KnownHeader.bit(KnownHeader.X_FORWARDED_HOST)
                    | KnownHeader.bit(KnownHeader.X_FORWARDED_PROTO);

    private ConnectionHeader() {}

    static @Nullable CodecError sanitize(RequestHead head) {
        HeaderBlock headers = head.headers();
        int entry = headers.find(KnownHeader.CONNECTION);
        if (entry < 0 || head.isUpgrade()) {
            return null;
        }
        int offset = headers.valueOffset(entry);
        byte[] value =
                Arrays.copyOfRange(headers.data, offset, offset + headers.valueLength(entry));
        if (tokens(value) > MAX_TOKENS) {
            return CodecError.CONNECTION_HEADER_REJECTED;
        }
        int start = 0;
        while (start <= value.length) {
            int comma = start;
            while (comma < value.length && value[comma] != ',') {
                comma++;
            }
            byte[] token = token(value, start, comma);
            if (token.length > 0 && !strike(headers, token)) {
                return CodecError.CONNECTION_HEADER_REJECTED;
            }
            start = comma + 1;
        }
        return null;
    }

    /** A blank is one too; only nothing between two commas is none. */
    private static int tokens(byte[] value) {
        int tokens = 0;
        boolean comma = true;
        for (byte b : value) {
            boolean before = comma;
            comma = b == ',';
            if (before && !comma) {
                tokens++;
            }
        }
        return tokens;
    }

    private static boolean strike(HeaderBlock headers, byte[] token) {
        if (token[0] == ':') {
            return false;
        }
        int id = KnownHeader.of(token);
        if ((FORBIDDEN >>> id & 1) != 0 && id != KnownHeader.UNKNOWN) {
            return false;
        }
        if (id == KnownHeader.TE || Arrays.equals(token, TE)) {
            keepTrailersOnly(headers);
        } else if (id != KnownHeader.CONNECTION) {
            headers.remove(token);
        }
        return true;
    }

    /** {@code te} survives as {@code trailers} or not at all. */
    static void keepTrailersOnly(HeaderBlock headers) {
        int entry = headers.find(KnownHeader.TE);
        if (entry < 0) {
            return;
        }
        if (Ascii.listContains(
                headers.data, headers.valueOffset(entry), headers.valueLength(entry), TRAILERS)) {
            headers.setValue(entry, TRAILERS);
        } else {
            headers.remove(KnownHeader.TE);
        }
    }

    private static byte[] token(byte[] value, int start, int end) {
        int from = start;
        int to = end;
        while (from < to && Ascii.isBlank(value[from])) {
            from++;
        }
        while (to > from && Ascii.isBlank(value[to - 1])) {
            to--;
        }
        byte[] token = new byte[to - from];
        for (int i = 0; i < token.length; i++) {
            token[i] = Ascii.lower(value[from + i]);
        }
        return token;
    }
}
