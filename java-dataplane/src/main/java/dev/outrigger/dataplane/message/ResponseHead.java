// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

/** The head of a response. Reused; confined to its event loop. */
public final class ResponseHead {
    private final HeaderBlock headers = new HeaderBlock(MessagePart.RESPONSE_HEADERS);
    private int status;
    private boolean http10;
    private boolean chunked;
    private long contentLength = -1;
    private boolean closeRequested;

    public void reset() {
        headers.reset();
        status = 0;
        http10 = false;
        chunked = false;
        contentLength = -1;
        closeRequested = false;
    }

    public HeaderBlock headers() {
        return headers;
    }

    public int status() {
        return status;
    }

    public void setStatus(int status) {
        this.status = status;
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

    /** Whether the peer will close the connection behind this response. */
    public boolean isCloseRequested() {
        return closeRequested;
    }

    void setCloseRequested(boolean value) {
        closeRequested = value;
    }

    void setFraming(boolean http10, boolean chunked, long contentLength) {
        this.http10 = http10;
        this.chunked = chunked;
        this.contentLength = contentLength;
    }
}
