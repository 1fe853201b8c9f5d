// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.exchange;

/** What carries the messages of a connection. */
public enum Transport {
    PLAIN(false, false),
    TLS(true, false),
    /** With prior knowledge. */
    HTTP2(false, true),
    /** Agreed on by ALPN. */
    HTTP2_TLS(true, true);

    private final boolean tls;
    private final boolean http2;

    Transport(boolean tls, boolean http2) {
        this.tls = tls;
        this.http2 = http2;
    }

    public boolean isTls() {
        return tls;
    }

    public boolean isHttp2() {
        return http2;
    }
}
