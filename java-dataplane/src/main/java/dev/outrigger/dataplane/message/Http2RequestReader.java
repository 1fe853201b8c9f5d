// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import dev.outrigger.dataplane.message.RequestReader.Underscores;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link RequestHead} of the fields of an HTTP/2 header block and holds them to the rules
 * of RFC 9113 as nghttp2 and Envoy's {@code http2/codec_impl.cc} do. An extended CONNECT comes out
 * as the upgrade it stands for (W2). Reused for one request after another; confined to the
 * connection's event loop.
 */
public final class Http2RequestReader extends Http2MessageReader {
    /** Details of a field that may not be, and of a message that lacks one. */
    public static final String INVALID_FIELD = "http2.invalid.header.field";

    public static final String INVALID_MESSAGE = "http2.violation.of.messaging.rule";
    public static final String TOO_MANY = "http2.too_many_headers";
    public static final String TOO_LARGE = "http2.header_list_size_too_large";
    public static final String UNDERSCORE = "http2.unexpected_underscore";

    private static final int METHOD = 1;
    private static final int PATH = 2;
    private static final int SCHEME = 4;
    private static final int AUTHORITY = 8;
    private static final int PROTOCOL = 16;
    private static final byte[] METHOD_NAME = Ascii.bytes(":method");
    private static final byte[] PATH_NAME = Ascii.bytes(":path");
    private static final byte[] SCHEME_NAME = Ascii.bytes(":scheme");
    private static final byte[] AUTHORITY_NAME = Ascii.bytes(":authority");
    private static final byte[] PROTOCOL_NAME = Ascii.bytes(":protocol");
    private static final byte[] HTTP = Ascii.bytes("http");
    private static final byte[] HTTPS = Ascii.bytes("https");
    private static final byte[] BYTE_STREAM = Ascii.bytes("bytestream");
    private static final byte[] UPGRADE = Ascii.bytes("upgrade");
    private static final byte[] CRUMB_SEPARATOR = {';', ' '};

    private final Underscores underscores;
    private final boolean allowConnect;
    private final RequestHead head;
    private int pseudo;
    private boolean https;
    private boolean knownScheme;
    private int methodAt;
    private int methodBytes;
    private int pathAt;
    private int pathBytes;
    private byte[] protocol = {};
    private int dropped;
    private boolean anyDropped;

    /**
     * @param maxBytes of all names and values (L1)
     * @param allowConnect whether extended CONNECT is taken
     */
    public Http2RequestReader(
            int maxBytes, int maxFields, Underscores underscores, boolean allowConnect) {
        this(maxBytes, maxFields, underscores, allowConnect, new RequestHead());
    }

    private Http2RequestReader(
            int maxBytes,
            int maxFields,
            Underscores underscores,
            boolean allowConnect,
            RequestHead head) {
        super(maxBytes, maxFields, head.headers(), new HeaderBlock(MessagePart.REQUEST_TRAILERS));
        this.head = head;
        this.underscores = underscores;
        this.allowConnect = allowConnect;
    }

    public RequestHead head() {
        return head;
    }

    /** A request begins. */
    public void begin() {
        head.reset();
        pseudo = 0;
        methodBytes = 0;
        pathBytes = 0;
        https = false;
        knownScheme = false;
        anyDropped = false;
        dropped = 0;
        beginHead();
    }

    @Override
    public void beginTrailers() {
        dropped = 0;
        super.beginTrailers();
    }

    @Override
    boolean knownField(int id, byte[] value, int offset, int length) {
        if (id == KnownHeader.CONTENT_LENGTH && target.has(id)) {
            return false;
        }
        if (id == KnownHeader.HOST && !inTrailers()) {
            return host(value, offset, length);
        }
        int crumb = id == KnownHeader.COOKIE ? target.find(id) : -1;
        if (crumb < 0) {
            target.add(id, value, offset, length);
        } else {
            target.extend(
                    crumb, CRUMB_SEPARATOR, Arrays.copyOfRange(value, offset, offset + length));
        }
        return true;
    }

    /** Stands in for {@code :authority}, and is dropped beside it (O3). */
    private boolean host(byte[] value, int offset, int length) {
        if (!Http2FieldRules.isAuthority(value, offset, length)) {
            return false;
        }
        if ((pseudo & AUTHORITY) == 0) {
            if (target.has(KnownHeader.HOST)) {
                return false;
            }
            target.add(KnownHeader.HOST, value, offset, length);
        }
        return true;
    }

    @Override
    boolean pseudoField(
            byte[] name, int nameOffset, int nameLength, byte[] value, int offset, int length) {
        if (is(METHOD_NAME, name, nameOffset, nameLength)) {
            if (!first(METHOD) || !Http2FieldRules.isMethod(value, offset, length)) {
                return false;
            }
            methodAt = target.append(value, offset, length);
            methodBytes = length;
            return true;
        }
        if (is(PATH_NAME, name, nameOffset, nameLength)) {
            if (!first(PATH) || !Http2FieldRules.isPath(value, offset, length)) {
                return false;
            }
            pathAt = target.append(value, offset, length);
            pathBytes = length;
            return true;
        }
        if (is(SCHEME_NAME, name, nameOffset, nameLength)) {
            if (!first(SCHEME) || !Http2FieldRules.isScheme(value, offset, length)) {
                return false;
            }
            https = length == HTTPS.length && Ascii.equalsIgnoreCase(value, offset, HTTPS);
            knownScheme =
                    https || (length == HTTP.length && Ascii.equalsIgnoreCase(value, offset, HTTP));
            return true;
        }
        if (is(AUTHORITY_NAME, name, nameOffset, nameLength)) {
            if (!first(AUTHORITY) || !Http2FieldRules.isAuthority(value, offset, length)) {
                return false;
            }
            target.add(KnownHeader.HOST, value, offset, length);
            return true;
        }
        if (allowConnect && is(PROTOCOL_NAME, name, nameOffset, nameLength)) {
            if (!first(PROTOCOL)) {
                return false;
            }
            protocol = Arrays.copyOfRange(value, offset, offset + length);
            return true;
        }
        return false;
    }

    private boolean first(int field) {
        boolean is = (pseudo & field) == 0;
        pseudo |= field;
        return is;
    }

    private static boolean is(byte[] expected, byte[] name, int offset, int length) {
        return length == expected.length
                && Arrays.equals(expected, 0, length, name, offset, offset + length);
    }

    /**
     * What of the block costs only the stream: its size, or a name with an underscore.
     *
     * @return Envoy's response code details, or {@code null}
     */
    public @Nullable String excess() {
        if (isRefusedForUnderscores()) {
            return UNDERSCORE;
        }
        if (isTooLarge()) {
            return TOO_LARGE;
        }
        return isTooMany() ? TOO_MANY : null;
    }

    /**
     * Ends the head.
     *
     * @return Envoy's response code details of a head that may not be, or {@code null}
     */
    public @Nullable String end(boolean endStream) {
        if (isInvalid()) {
            return INVALID_FIELD;
        }
        Method method = Method.find(head.headers().data, methodAt, methodBytes);
        boolean extended = (pseudo & PROTOCOL) != 0;
        boolean connect = method == Method.CONNECT && !extended;
        // A stream of bytes is what a CONNECT is for, however it is asked for.
        boolean byteStream = extended && Arrays.equals(protocol, BYTE_STREAM);
        int needed = connect ? METHOD : METHOD | PATH | SCHEME;
        int unwanted = connect ? PATH | SCHEME : 0;
        if ((pseudo & needed) != needed
                || (pseudo & unwanted) != 0
                || !head.headers().has(KnownHeader.HOST)
                || (extended && method != Method.CONNECT)) {
            return INVALID_MESSAGE;
        }
        if (!connect && knownScheme && !isPathShaped(method)) {
            return INVALID_MESSAGE;
        }
        cookiesLast();
        head.setRequestLine(method, methodAt, methodBytes, pathAt, connect ? 0 : pathBytes);
        if (knownScheme) {
            head.setScheme(https);
        }
        String details = length(endStream, connect || byteStream);
        if (details == null && extended && !byteStream) {
            upgrade();
        }
        return details;
    }

    /** Envoy collects the crumbs and adds them behind all that came with them. */
    private void cookiesLast() {
        int cookies = target.find(KnownHeader.COOKIE);
        if (cookies >= 0 && cookies < target.limit() - 1) {
            int offset = target.valueOffset(cookies);
            int length = target.valueLength(cookies);
            target.removeEntry(cookies);
            target.add(KnownHeader.COOKIE, target.data(), offset, length);
        }
    }

    private boolean isPathShaped(Method method) {
        byte first = head.headers().data[pathAt];
        return first == '/' || (first == '*' && pathBytes == 1 && method == Method.OPTIONS);
    }

    private @Nullable String length(boolean endStream, boolean tunnel) {
        HeaderBlock headers = head.headers();
        long length = -1;
        if (headers.has(KnownHeader.CONTENT_LENGTH)) {
            length = ContentLength.parse(headers, headers.find(KnownHeader.CONTENT_LENGTH));
            if (length < 0) {
                return INVALID_FIELD;
            }
            if (endStream && length > 0) {
                return INVALID_MESSAGE;
            }
        }
        headers.joinRepeatedInlineHeaders();
        head.setFraming(false, !endStream && length < 0 && !tunnel, length);
        return null;
    }

    @Override
    boolean leavesOut(byte[] name, int offset, int length) {
        if (underscores == Underscores.ALLOW
                || !Ascii.contains(name, offset, offset + length, '_')) {
            return false;
        }
        dropped++;
        anyDropped = true;
        return true;
    }

    @Override
    public boolean isRefusedForUnderscores() {
        return dropped > 0 && underscores == Underscores.REJECT;
    }

    /** How many fields of the block were left out for the underscores of their names. */
    public int dropped() {
        return dropped;
    }

    /** Whether any field of the message so far was left out so. */
    public boolean hasDropped() {
        return anyDropped;
    }

    /** Becomes what the same request is over HTTP/1 (W2). */
    private void upgrade() {
        head.becomeGet();
        head.headers().set(KnownHeader.UPGRADE, protocol);
        head.headers().set(KnownHeader.CONNECTION, UPGRADE);
        head.setUpgrade();
    }
}
