// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import org.jspecify.annotations.Nullable;

/**
 * How one side's HTTP/1 connections write heads ({@code Http1ProtocolOptions}). Immutable.
 *
 * @param keyFormat how header names look where the message has no wish of its own; {@code null} for
 *     lower case
 * @param fullyQualifiedUrl whether requests go out in absolute form
 * @param trailers whether trailers are sent
 */
public record EncoderOptions(
        @Nullable HeaderKeyFormat keyFormat, boolean fullyQualifiedUrl, boolean trailers) {
    /** Envoy's defaults. */
    public static final EncoderOptions DEFAULT = new EncoderOptions(null, false, false);
}
