// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.http2;

import dev.outrigger.dataplane.message.HeaderSink;
import dev.outrigger.dataplane.message.Http2RequestReader;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Listens to a stream nobody cares for any more. */
final class Dropped implements Http2Stream.Listener {
    private boolean valid = true;

    @Override
    public HeaderSink beginHeaders() {
        // They can only be trailers, which have no pseudo-header fields.
        return (name, at, length, value, valueAt, valueLength) ->
                valid &= length > 0 && name[at] != ':';
    }

    @Override
    public @Nullable String onHeaders(boolean endStream) {
        return valid ? null : Http2RequestReader.INVALID_FIELD;
    }

    @Override
    public void onData(ByteBuf data, boolean endStream) {
        data.release();
    }

    @Override
    public void onPeerReset(Http2Error error) {
        // The session has forgotten the stream already.
    }

    @Override
    public void onRefused() {
        // The session has forgotten the stream already.
    }

    @Override
    public void onInvalid(String details) {
        // The session has reset the stream already.
    }

    @Override
    public void onViolation(Http2Error error) {
        // The session has reset the stream already.
    }

    @Override
    public void onWritable() {
        // What waits is all there is.
    }
}
