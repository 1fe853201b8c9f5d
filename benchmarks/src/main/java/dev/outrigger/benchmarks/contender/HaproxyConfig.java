// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.contender;

import dev.outrigger.benchmarks.load.Line;
import dev.outrigger.benchmarks.load.RequestProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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

    /** Of 20,000 files that a process may have open. */
    private static final int MOST_CONNECTIONS = 8192;

    /** Clients that may stay beside the load. */
    static final int MOST_IDLE = MOST_CONNECTIONS - 1024;

    private HaproxyConfig() {}

    /**
     * One thread, keep-alive on both sides with shared upstream connections, both headers added,
     * for each service a backend.
     */
    static String text(Site site) {
        boolean isTcp = site.line() == Line.TCP;
        boolean each = site.line().connectsForEachRequest();
        return """
        global
          nbthread 1
          maxconn %9$d
        defaults
          mode %1$s
          timeout connect 1s
          timeout client 3600s
          timeout server 15s
        %2$sfrontend benchmark
          bind 127.0.0.1:%3$d backlog 4096%4$s
        %5$s%6$s        backend b
          server b 127.0.0.1:%7$d%8$s
        %10$s\
        """
                .formatted(
                        isTcp ? "tcp" : "http",
                        isTcp ? "" : HTTP + (each ? ONE_REQUEST_EACH : KEPT),
                        site.port(),
                        downstream(site),
                        isTcp ? "" : "  http-request set-header x-request-id %[uuid()]\n",
                        choice(site),
                        site.upstreamPort(),
                        upstream(site),
                        MOST_CONNECTIONS,
                        otherBackends(site));
    }

    private static String choice(Site site) {
        if (site.line() == Line.TCP) {
            return "  use_backend b\n";
        }
        return site.surroundings().services() == 1
                ? "  use_backend b if { hdr(host) -i " + RequestProfile.HOST + " } { path_beg / }\n"
                : "  use_backend %[req.hdr(host),lower,map(" + services(site) + ")]\n";
    }

    private static String otherBackends(Site site) {
        var backends = new StringBuilder();
        for (int i = 1; i < site.surroundings().services(); i++) {
            backends.append(
                    "backend %1$s\n  server b 127.0.0.1:%2$d\n"
                            .formatted(RouteFile.service(i), site.upstreamPort()));
        }
        return backends.toString();
    }

    private static Path services(Site site) {
        return site.folder().resolve("services.map");
    }

    /** Which backend is whose: many lines of conditions would be looked through one by one. */
    static void writeServices(Site site) throws IOException {
        var lines = new StringBuilder(RequestProfile.HOST + " b\n");
        for (int i = 1; i < site.surroundings().services(); i++) {
            String service = RouteFile.service(i);
            lines.append(RouteFile.host(service)).append(' ').append(service).append('\n');
        }
        Files.writeString(services(site), lines);
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
