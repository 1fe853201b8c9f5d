// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * The head of a request: method, path, authority and headers, all as byte ranges of one array.
 * Reused by its connection for one request after another; confined to its event loop.
 */
public final class RequestHead {
    private static final int AUTHORITY_MORE = ":authority".length() - "host".length();
    private static final int METHOD_NAME = ":method".length();
    private static final int PATH_NAME = ":path".length();
    private static final int SCHEME_NAME = ":scheme".length();

    private final HeaderBlock headers = new HeaderBlock();
    private Method method = Method.GET;
    private int droppedHeaders;

    /** Whether it is settled, by the client or for it. */
    private boolean schemeKnown;

    private int methodOffset;
    private int methodLength;
    private int pathOffset;
    private int pathLength;
    private boolean http10;
    private boolean chunked;
    private long contentLength = -1;
    private boolean upgrade;
    private boolean closeRequested;
    private boolean keepAliveRequested;
    private boolean https;
    private boolean scheme;

    public void reset() {
        droppedHeaders = 0;
        schemeKnown = false;
        headers.reset();
        method = Method.GET;
        methodOffset = 0;
        methodLength = 0;
        pathOffset = 0;
        pathLength = 0;
        http10 = false;
        chunked = false;
        contentLength = -1;
        upgrade = false;
        closeRequested = false;
        keepAliveRequested = false;
        https = false;
        scheme = false;
    }

    public HeaderBlock headers() {
        return headers;
    }

    public Method method() {
        return method;
    }

    public String methodText() {
        return new String(headers.data, methodOffset, methodLength, ISO_8859_1);
    }

    /** Path and query as Latin-1 text. */
    public String path() {
        return new String(headers.data, pathOffset, pathLength, ISO_8859_1);
    }

    public int pathOffset() {
        return pathOffset;
    }

    public int pathLength() {
        return pathLength;
    }

    /** How long the path is without query and fragment. */
    public int pathLengthWithoutQuery() {
        byte[] data = headers.data;
        for (int i = pathOffset; i < pathOffset + pathLength; i++) {
            byte b = data[i];
            if (b == '?' || b == '#') {
                return i - pathOffset;
            }
        }
        return pathLength;
    }

    /** The authority: the value of {@code host}, empty when there is none. */
    public String authority() {
        String host = headers.text(KnownHeader.HOST);
        return host == null ? "" : host;
    }

    public boolean isHttp10() {
        return http10;
    }

    public boolean isChunked() {
        return chunked;
    }

    /** The declared length, or -1. */
    public long contentLength() {
        return contentLength;
    }

    /** Whether framing says that no body follows. */
    public boolean isBodyless() {
        return !chunked && contentLength <= 0;
    }

    public boolean isGrpc() {
        int entry = headers.find(KnownHeader.CONTENT_TYPE);
        return entry >= 0 && isGrpcContentType(headers, entry);
    }

    private static final byte[] GRPC = Ascii.bytes("application/grpc");

    private static boolean isGrpcContentType(HeaderBlock headers, int entry) {
        int length = headers.valueLength(entry);
        int offset = headers.valueOffset(entry);
        if (length < GRPC.length || !Ascii.equalsIgnoreCase(headers.data, offset, GRPC)) {
            return false;
        }
        return length == GRPC.length || headers.data[offset + GRPC.length] == '+';
    }

    /** Becomes a copy of another head, which may change afterwards. */
    public void copyFrom(RequestHead other) {
        headers.copyFrom(other.headers);
        method = other.method;
        methodOffset = other.methodOffset;
        methodLength = other.methodLength;
        droppedHeaders = other.droppedHeaders;
        schemeKnown = other.schemeKnown;
        pathOffset = other.pathOffset;
        pathLength = other.pathLength;
        http10 = other.http10;
        chunked = other.chunked;
        contentLength = other.contentLength;
        upgrade = other.upgrade;
        closeRequested = other.closeRequested;
        keepAliveRequested = other.keepAliveRequested;
        https = other.https;
        scheme = other.scheme;
    }

    /** Becomes a GET without a body, as a redirect by 303 asks (RFC 9110 15.4.4). */
    public void becomeGet() {
        byte[] get = Ascii.bytes("GET");
        method = Method.GET;
        methodOffset = headers.append(get, 0, get.length);
        methodLength = get.length;
        dropBody();
        headers.remove(KnownHeader.CONTENT_LENGTH);
    }

    /** Its connection need not stay: who repeats it no longer has what it said of that. */
    public void forgetKeepAlive() {
        keepAliveRequested = false;
    }

    /** Nothing follows it, whatever its framing said. */
    public void dropBody() {
        chunked = false;
        contentLength = -1;
    }

    /**
     * Becomes a request of our own, without fields so far.
     *
     * @param path empty for a CONNECT
     */
    public void make(Method own, byte[] path) {
        reset();
        byte[] name = own.bytes();
        method = own;
        methodOffset = headers.append(name, 0, name.length);
        methodLength = name.length;
        setPath(path);
    }

    /** Replaces path and query. */
    public void setPath(byte[] path) {
        pathOffset = headers.append(path, 0, path.length);
        pathLength = path.length;
    }

    public int methodOffset() {
        return methodOffset;
    }

    public int methodLength() {
        return methodLength;
    }

    void setRequestLine(Method known, int methodAt, int methodBytes, int pathAt, int pathBytes) {
        method = known;
        methodOffset = methodAt;
        methodLength = methodBytes;
        pathOffset = pathAt;
        pathLength = pathBytes;
    }

    /** Whether this asks for an upgrade other than h2c, which is never honoured (C3). */
    public boolean isUpgrade() {
        return upgrade;
    }

    /** Whether {@code connection} or {@code proxy-connection} says close. */
    public boolean isCloseRequested() {
        return closeRequested;
    }

    /** Whether an HTTP/1.0 client asked to keep the connection. */
    public boolean isKeepAliveRequested() {
        return keepAliveRequested;
    }

    /** Whether what follows the head is not HTTP: a CONNECT or an upgrade. */
    public boolean isTunnel() {
        return upgrade || method == Method.CONNECT;
    }

    /** Whether the scheme is {@code https}; else it is {@code http}. */
    public boolean isHttps() {
        return https;
    }

    /** Whether the target named a scheme, which then holds whatever the connection is (X3). */
    public boolean hasScheme() {
        return scheme;
    }

    /** The scheme, {@code http} or {@code https}. */
    public String scheme() {
        return https ? "https" : "http";
    }

    /** Decides the scheme. */
    public void setHttps(boolean value) {
        schemeKnown = true;
        https = value;
    }

    void setUpgrade() {
        upgrade = true;
    }

    void setScheme(boolean secure) {
        scheme = true;
        https = secure;
    }

    void setPersistence(boolean close, boolean keepAlive) {
        closeRequested = close;
        keepAliveRequested = keepAlive;
    }

    void setPathRange(int offset, int length) {
        pathOffset = offset;
        pathLength = length;
    }

    void setFraming(boolean http10, boolean chunked, long contentLength) {
        this.http10 = http10;
        this.chunked = chunked;
        this.contentLength = contentLength;
    }

    /** The bytes of all names and values, with those HTTP/2 has for the first line. */
    public long headerBytes() {
        return headers.byteSize()
                + (headers.has(KnownHeader.HOST) ? AUTHORITY_MORE : 0)
                + METHOD_NAME
                + methodLength
                // A CONNECT has none.
                + (pathLength > 0 ? PATH_NAME + pathLength : 0)
                + (scheme || schemeKnown ? SCHEME_NAME + scheme().length() : 0);
    }

    /** How many headers the codec left out because of their names. */
    public int droppedHeaders() {
        return droppedHeaders;
    }

    void setDroppedHeaders(int count) {
        droppedHeaders = count;
    }
}
