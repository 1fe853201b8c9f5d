// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

/** {@code Http1ProtocolOptions} of the upstream side. */
public record Http1UpstreamConfig(
        HeaderNameCase headerNameCase,
        boolean enableTrailers,
        boolean allowChunkedLength,
        boolean sendFullyQualifiedUrl) {
    /** Nothing configured. */
    public static final Http1UpstreamConfig DEFAULT =
            new Http1UpstreamConfig(new HeaderNameCase.Lower(), false, false, false);
}
