// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.load;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What is spoken on the two sides of the proxy. Every contender is configured for one line, and
 * every generator speaks its downstream side.
 */
public enum Line {
    /** The plain path of a sidecar. */
    HTTP1(Leg.HTTP1, Leg.HTTP1),
    HTTP2_HTTP1(Leg.HTTP2, Leg.HTTP1),
    HTTP2(Leg.HTTP2, Leg.HTTP2),
    /** Unary calls: a request with a body, an answer with trailers. */
    GRPC(Leg.HTTP2, Leg.HTTP2),
    /** Calls with a hundred messages each way. */
    GRPC_STREAM(Leg.HTTP2, Leg.HTTP2),
    /** TLS ends at the proxy; connections are kept. */
    TLS(Leg.TLS_HTTP1, Leg.HTTP1),
    /** TLS with HTTP/2 by ALPN ends at the proxy. */
    TLS_HTTP2(Leg.TLS_HTTP2, Leg.HTTP1),
    /** A TLS connection, and with it a handshake, for every request. */
    HANDSHAKE(Leg.TLS_HTTP1, Leg.HTTP1),
    /** The proxy begins mutual TLS to the upstream, as a sidecar does for its application. */
    MTLS_UPSTREAM(Leg.HTTP1, Leg.MTLS_HTTP1),
    /** A connection of mutual TLS to the upstream for every request, and no session resumed. */
    MTLS_HANDSHAKE(Leg.HTTP1, Leg.MTLS_HTTP1),
    /** Bytes, not requests: HTTP/1.1 through a proxy that does not know what it is. */
    TCP(Leg.HTTP1, Leg.HTTP1);

    private final Leg downstream;
    private final Leg upstream;

    Line(Leg downstream, Leg upstream) {
        this.downstream = downstream;
        this.upstream = upstream;
    }

    /** As it is named on the command line and in results. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The line of that label. */
    public static Optional<Line> of(String label) {
        return Arrays.stream(values()).filter(line -> line.label().equals(label)).findFirst();
    }

    public Leg downstream() {
        return downstream;
    }

    public Leg upstream() {
        return upstream;
    }

    /** How many messages of gRPC a call brings each way; 0 for requests that are no calls. */
    public int messages() {
        return switch (this) {
            case GRPC -> 1;
            case GRPC_STREAM -> 100;
            case HTTP1,
                    HTTP2_HTTP1,
                    HTTP2,
                    TLS,
                    TLS_HTTP2,
                    HANDSHAKE,
                    MTLS_UPSTREAM,
                    MTLS_HANDSHAKE,
                    TCP ->
                    0;
        };
    }

    /** Whether requests are calls of gRPC. */
    public boolean isGrpc() {
        return messages() > 0;
    }

    /** Whether a connection to the upstream serves one request only. */
    public boolean connectsForEachRequest() {
        return this == MTLS_HANDSHAKE;
    }

    /** Whether somebody needs a certificate. */
    public boolean hasTls() {
        return downstream.isTls() || upstream.isTls();
    }

    /** What is spoken on one side. */
    public enum Leg {
        HTTP1,
        HTTP2,
        TLS_HTTP1,
        TLS_HTTP2,
        MTLS_HTTP1;

        public boolean isTls() {
            return switch (this) {
                case HTTP1, HTTP2 -> false;
                case TLS_HTTP1, TLS_HTTP2, MTLS_HTTP1 -> true;
            };
        }

        public boolean isHttp2() {
            return switch (this) {
                case HTTP2, TLS_HTTP2 -> true;
                case HTTP1, TLS_HTTP1, MTLS_HTTP1 -> false;
            };
        }
    }
}
