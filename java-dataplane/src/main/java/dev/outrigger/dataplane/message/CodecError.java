// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

/**
 * Why a message was refused by the HTTP/1 codec: the status a downstream gets and the response code
 * details Envoy writes for it.
 */
public enum CodecError {
    CODEC_ERROR(400, "http1.codec_error"),
    INVALID_CHARACTERS(400, "http1.invalid_characters"),
    INVALID_URL(400, "http1.invalid_url"),
    INVALID_SCHEME(400, "http1.invalid_scheme"),
    BODY_DISALLOWED(400, "http1.body_disallowed"),
    LENGTH_AND_CHUNKED(400, "http1.content_length_and_chunked_not_allowed"),
    CONNECTION_HEADER_REJECTED(400, "http1.connection_header_rejected"),
    UNEXPECTED_UNDERSCORE(400, "http1.unexpected_underscore"),
    INVALID_AUTHORITY(400, "http.invalid_authority"),
    HTTP1_CONTENT_LENGTH_NOT_ALLOWED(400, "http1.content_length_not_allowed"),
    HTTP1_TRANSFER_ENCODING_NOT_ALLOWED(400, "http1.transfer_encoding_not_allowed"),
    HTTPS_ON_PLAINTEXT(403, "http1.https_url_on_plaintext_connection"),
    LOW_VERSION(426, "low_version"),
    HEADERS_TOO_LARGE(431, "http1.headers_too_large"),
    TOO_MANY_HEADERS(431, "http1.too_many_headers"),
    INVALID_TRANSFER_ENCODING(501, "http1.invalid_transfer_encoding");

    private final int status;
    private final String details;

    CodecError(int status, String details) {
        this.status = status;
        this.details = details;
    }

    public int status() {
        return status;
    }

    public String details() {
        return details;
    }
}
