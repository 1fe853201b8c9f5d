// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.contender;

import dev.outrigger.benchmarks.load.Line;
import dev.outrigger.benchmarks.load.RequestProfile;

/** HAProxy with the features of the other contenders. */
final class HaproxyConfig {

    private static final String HTTP =
            """
              timeout http-keep-alive 3600s
              option forwardfor
            """;

    private static final String KEPT = "  http-reuse always\n";
    private static final String ONE_REQUEST_EACH =
            "  http-reuse never\n  option http-server-close\n";

    private HaproxyConfig() {}

    /**
     * One thread, keep-alive on both sides with shared upstream connections, both headers added,
     * one host and prefix.
     */
    static String text(Site site) {
        boolean isTcp = site.line() == Line.TCP;
        boolean each = site.line().connectsForEachRequest();
        return """
        global
          nbthread 1
          maxconn 8192
        defaults
          mode %1$s
          timeout connect 1s
          timeout client 3600s
          timeout server 15s
        %2$sfrontend benchmark
          bind 127.0.0.1:%3$d backlog 4096%4$s
        %5$s  use_backend b%6$s
        backend b
          server b 127.0.0.1:%7$d%8$s
        """
                .formatted(
                        isTcp ? "tcp" : "http",
                        isTcp ? "" : HTTP + (each ? ONE_REQUEST_EACH : KEPT),
                        site.port(),
                        downstream(site),
                        isTcp ? "" : "  http-request set-header x-request-id %[uuid()]\n",
                        isTcp
                                ? ""
                                : " if { hdr(host) -i " + RequestProfile.HOST + " } { path_beg / }",
                        site.upstreamPort(),
                        upstream(site));
    }

    private static String downstream(Site site) {
        return switch (site.line().downstream()) {
            case HTTP1 -> "";
            case HTTP2 -> " proto h2";
            case TLS_HTTP1, MTLS_HTTP1 ->
                    " ssl crt " + site.certificates().both() + " alpn http/1.1";
            case TLS_HTTP2 -> " ssl crt " + site.certificates().both() + " alpn h2";
        };
    }

    private static String upstream(Site site) {
        var files = site.certificates();
        return switch (site.line().upstream()) {
            case HTTP1 -> "";
            case HTTP2 -> " proto h2";
            case TLS_HTTP1, TLS_HTTP2, MTLS_HTTP1 ->
                    " ssl verify required ca-file "
                            + files.chain()
                            + " crt "
                            + files.both()
                            + " sni str("
                            + RequestProfile.HOST
                            + ")"
                            + (site.line().connectsForEachRequest() ? " no-ssl-reuse" : "");
        };
    }
}
