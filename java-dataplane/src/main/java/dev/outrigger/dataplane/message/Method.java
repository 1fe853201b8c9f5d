// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import java.util.Arrays;

/** The request methods Envoy's HTTP/1 codec knows (E4); all others are refused. */
public enum Method {
    GET,
    HEAD,
    POST,
    PUT,
    DELETE,
    OPTIONS,
    PATCH,
    CONNECT,
    TRACE,
    ACL,
    BIND,
    CHECKOUT,
    COPY,
    LINK,
    LOCK,
    MERGE,
    MKACTIVITY,
    MKCALENDAR,
    MKCOL,
    MOVE,
    MSEARCH,
    NOTIFY,
    PROPFIND,
    PROPPATCH,
    PURGE,
    QUERY,
    REBIND,
    REPORT,
    SEARCH,
    SOURCE,
    SUBSCRIBE,
    UNBIND,
    UNLINK,
    UNLOCK,
    UNSUBSCRIBE,
    /** Any other token, where custom methods are allowed. */
    OTHER;

    private static final Method[] ALL = values();

    @SuppressWarnings("ImmutableEnumChecker") // never written to
    private final byte[] text = Ascii.bytes(name());

    byte[] bytes() {
        return text;
    }

    /**
     * Whether a body-less request of this method goes upstream without {@code content-length: 0}.
     */
    boolean isBodyUnexpected() {
        return switch (this) {
            case GET, HEAD, DELETE, TRACE, CONNECT -> true;
            case POST,
                    PUT,
                    OPTIONS,
                    PATCH,
                    ACL,
                    BIND,
                    CHECKOUT,
                    COPY,
                    LINK,
                    LOCK,
                    MERGE,
                    MKACTIVITY,
                    MKCALENDAR,
                    MKCOL,
                    MOVE,
                    MSEARCH,
                    NOTIFY,
                    PROPFIND,
                    PROPPATCH,
                    PURGE,
                    QUERY,
                    REBIND,
                    REPORT,
                    SEARCH,
                    SOURCE,
                    SUBSCRIBE,
                    UNBIND,
                    UNLINK,
                    UNLOCK,
                    UNSUBSCRIBE,
                    OTHER ->
                    false;
        };
    }

    /** The method of exactly these bytes; {@link #OTHER} when none is. */
    static Method find(byte[] data, int offset, int length) {
        if (length == 3
                && data[offset] == 'G'
                && data[offset + 1] == 'E'
                && data[offset + 2] == 'T') {
            return GET;
        }
        for (Method method : ALL) {
            byte[] text = method.text;
            if (method != OTHER
                    && text.length == length
                    && Arrays.equals(text, 0, length, data, offset, offset + length)) {
                return method;
            }
        }
        return OTHER;
    }
}
