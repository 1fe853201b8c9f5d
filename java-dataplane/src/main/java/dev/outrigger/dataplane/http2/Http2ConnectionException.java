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

    /**
     * @param error what GOAWAY says; {@code null} where the connection ends without one
     * @param debug GOAWAY's text
     * @param details Envoy's response code details of the streams that end with it
     */
    Http2ConnectionException(@Nullable Http2Error error, String debug, String details) {
        super(details, null, false, false);
        this.error = error;
        this.debug = debug;
        this.details = details;
    }

    /** A frame that breaks a rule: Envoy closes without a word then (observed). */
    static Http2ConnectionException broken() {
        return new Http2ConnectionException(null, "", BROKEN);
    }

    /** An error that GOAWAY names. */
    static Http2ConnectionException of(Http2Error error, String debug) {
        return new Http2ConnectionException(error, debug, BROKEN);
    }

    @Nullable Http2Error error() {
        return error;
    }

    String debug() {
        return debug;
    }

    String details() {
        return details;
    }
}
