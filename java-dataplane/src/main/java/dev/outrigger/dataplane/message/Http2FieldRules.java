// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

/** Which bytes names, values and pseudo-header fields of HTTP/2 may hold (RFC 9113 section 8). */
final class Http2FieldRules {
    private static final boolean[] NAME = new boolean[256];
    private static final boolean[] METHOD = new boolean[256];
    private static final boolean[] AUTHORITY = new boolean[256];
    private static final boolean[] SCHEME = new boolean[256];

    static {
        for (int i = 0; i < 128; i++) {
            boolean alphanumeric = Character.isLetterOrDigit(i);
            boolean token = alphanumeric || "!#$%&'*+-.^_`|~".indexOf(i) >= 0;
            METHOD[i] = token;
            NAME[i] = token && !Character.isUpperCase(i);
            AUTHORITY[i] = alphanumeric || "!$%&'()*+,-.:;=@[]_~".indexOf(i) >= 0;
            SCHEME[i] = alphanumeric || "+-.".indexOf(i) >= 0;
        }
    }

    private Http2FieldRules() {}

    static boolean isName(byte[] data, int offset, int length) {
        return areAll(NAME, data, offset, length);
    }

    static boolean isMethod(byte[] data, int offset, int length) {
        return areAll(METHOD, data, offset, length);
    }

    static boolean isAuthority(byte[] data, int offset, int length) {
        return areAll(AUTHORITY, data, offset, length);
    }

    static boolean isScheme(byte[] data, int offset, int length) {
        return areAll(SCHEME, data, offset, length) && Character.isLetter(data[offset]);
    }

    private static boolean areAll(boolean[] allowed, byte[] data, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (!allowed[data[i] & 0xff]) {
                return false;
            }
        }
        return length > 0;
    }

    /** Visible, and no blank. */
    static boolean isPath(byte[] data, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            int b = data[i] & 0xff;
            if (b <= ' ' || b == 127) {
                return false;
            }
        }
        return length > 0;
    }
}
