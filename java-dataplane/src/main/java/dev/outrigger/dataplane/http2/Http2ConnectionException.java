// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.http2;

import org.jspecify.annotations.Nullable;

/** The peer broke a rule that only the end of the connection can answer. */
final class Http2ConnectionException extends Exception {
    private static final long serialVersionUID = 1;

    /** What Envoy calls every error of its codec library (observed). */
    static final String BROKEN = "codec_error:The_user_callback_function_failed";

    private final @Nullable Http2Error error;
    private final String debug;
    private final String details;

    private final boolean flood;
    private final boolean silent;

    private Http2ConnectionException(
            @Nullable Http2Error error,
            String debug,
            String details,
            boolean flood,
            boolean silent) {
        super(details, null, false, false);
        this.error = error;
        this.debug = debug;
        this.details = details;
        this.flood = flood;
        this.silent = silent;
    }

    /**
     * A rule broken by a message or frame: Envoy closes without a word then, not even what it had
     * to say before (observed).
     *
     * @param details Envoy's response code details of the streams that end with it
     */
    static Http2ConnectionException silent(String details) {
        return new Http2ConnectionException(null, "", details, false, true);
    }

    /** Too much of something. */
    static Http2ConnectionException flood(String details) {
        return new Http2ConnectionException(null, "", details, true, true);
    }

    /** An error without a GOAWAY behind what there was to say before. */
    static Http2ConnectionException wordless() {
        return new Http2ConnectionException(null, "", BROKEN, false, false);
    }

    /** A frame that breaks a rule. */
    static Http2ConnectionException broken() {
        return silent(BROKEN);
    }

    /** An error that GOAWAY names. */
    static Http2ConnectionException of(Http2Error error, String debug) {
        return new Http2ConnectionException(error, debug, BROKEN, false, false);
    }

    @Nullable Http2Error error() {
        return error;
    }

    String debug() {
        return debug;
    }

    /** Whether it was too much of what may be, and no error of the protocol. */
    boolean isFlood() {
        return flood;
    }

    /** Whether what was written since the last flush is not to be sent. */
    boolean isSilent() {
        return silent;
    }

    String details() {
        return details;
    }
}
