// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

/**
 * How much one stream moved on the wire, as Envoy's codecs measure it ({@code
 * StreamInfo::BytesMeter}): all bytes, those of header lines without what separates them in vain,
 * and those of header lines before compression. Filled by the codec, read by logs. Confined to its
 * event loop.
 */
public final class BytesMeter {
    private long wireReceived;
    private long wireSent;
    private long headerReceived;
    private long headerSent;
    private long plainHeaderReceived;
    private long plainHeaderSent;

    /** Begins at nothing. */
    public void reset() {
        wireReceived = 0;
        wireSent = 0;
        headerReceived = 0;
        headerSent = 0;
        plainHeaderReceived = 0;
        plainHeaderSent = 0;
    }

    /** Goes on from what another measured: the attempts of one request are one sum. */
    public void resume(BytesMeter other) {
        wireReceived = other.wireReceived;
        wireSent = other.wireSent;
        headerReceived = other.headerReceived;
        headerSent = other.headerSent;
        plainHeaderReceived = other.plainHeaderReceived;
        plainHeaderSent = other.plainHeaderSent;
    }

    public void received(long bytes) {
        wireReceived += bytes;
    }

    public void sent(long bytes) {
        wireSent += bytes;
    }

    /**
     * An HTTP/1 head was read. Before compression it is as long as all heads so far: Envoy adds the
     * sum each time (observed).
     */
    public void headRead(long headerBytes) {
        headerReceived += headerBytes;
        plainHeaderReceived += headerReceived;
    }

    /** HTTP/1 trailers were read. */
    public void trailersRead(long headerBytes) {
        headerReceived += headerBytes;
    }

    /** An HTTP/1 head or trailers were sent, which {@link #sent} counts as well. */
    public void headSent(long headerBytes) {
        headerSent += headerBytes;
        plainHeaderSent += headerBytes;
    }

    /** An HTTP/2 frame of a header block came, which {@link #received} counts as well. */
    public void headerFrameReceived(long bytes) {
        headerReceived += bytes;
    }

    /** HTTP/2 frames of a header block were sent, which {@link #sent} counts as well. */
    public void headerFramesSent(long bytes) {
        headerSent += bytes;
    }

    /** The names and values of an HTTP/2 header block that came. */
    public void fieldsReceived(long bytes) {
        plainHeaderReceived += bytes;
    }

    /** The names and values of an HTTP/2 header block that was sent. */
    public void fieldsSent(long bytes) {
        plainHeaderSent += bytes;
    }

    public long wireBytesReceived() {
        return wireReceived;
    }

    public long wireBytesSent() {
        return wireSent;
    }

    public long headerBytesReceived() {
        return headerReceived;
    }

    public long headerBytesSent() {
        return headerSent;
    }

    public long decompressedHeaderBytesReceived() {
        return plainHeaderReceived;
    }

    public long decompressedHeaderBytesSent() {
        return plainHeaderSent;
    }
}
