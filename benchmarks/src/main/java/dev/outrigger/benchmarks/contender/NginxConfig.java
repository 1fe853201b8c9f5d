// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.contender;

import dev.outrigger.benchmarks.load.GrpcMessage;
import dev.outrigger.benchmarks.load.Line;
import dev.outrigger.benchmarks.load.RequestProfile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;

/**
 * nginx as a proxy with the features of the other contenders, and nginx as the upstream behind all
 * of them.
 */
final class NginxConfig {

    private NginxConfig() {}

    private static final String KEPT =
            """
                keepalive 1024;
                keepalive_requests 1000000000;
                keepalive_timeout 3600s;
            """;

    private static final String ANSWER = "answer";

    /**
     * The proxy: one worker, keep-alive on both sides, both headers added, for each service a
     * server name with a prefix location.
     */
    static String proxy(Site site) {
        return frame(site)
                + """
                http {
                %1$s  upstream b {
                    server 127.0.0.1:%2$d;
                %8$s  }
                  server {
                    listen 127.0.0.1:%3$d%4$s backlog=4096;
                    server_name %5$s;
                %6$s    location / {
                %7$s    }
                  }
                %9$s}
                """
                        .formatted(
                                http(site),
                                site.upstreamPort(),
                                site.port(),
                                listen(site.line().downstream()),
                                RequestProfile.HOST,
                                site.line().downstream().isTls() ? certificate(site) : "",
                                site.line().isGrpc() ? grpcPass() : proxyPass(site),
                                site.line().connectsForEachRequest() ? "" : KEPT,
                                otherServices(site));
    }

    private static String otherServices(Site site) {
        var services = new StringBuilder();
        if (site.surroundings().services() > 1) {
            services.append("  server_names_hash_max_size ")
                    .append(2 * site.surroundings().services() + 512)
                    .append(";\n");
        }
        for (int i = 1; i < site.surroundings().services(); i++) {
            services.append(
                    """
                      upstream %1$s {
                        server 127.0.0.1:%2$d;
                        keepalive 16;
                      }
                      server {
                        listen 127.0.0.1:%3$d%4$s;
                        server_name %5$s;
                    %6$s                        location / {
                          proxy_pass http://%1$s;
                        }
                      }
                    """
                            .formatted(
                                    RouteFile.service(i),
                                    site.upstreamPort(),
                                    site.port(),
                                    listen(site.line().downstream()),
                                    RouteFile.host(RouteFile.service(i)),
                                    site.line().downstream().isTls() ? certificate(site) : ""));
        }
        return services.toString();
    }

    /** Calls are asked through in HTTP/2, with the same headers. */
    private static String grpcPass() {
        return """
              grpc_pass grpc://b;
              grpc_set_header Host $host;
              grpc_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
              grpc_set_header X-Request-Id $request_id;
        """;
    }

    private static String proxyPass(Site site) {
        var scheme = site.line().upstream().isTls() ? "https" : "http";
        return """
              proxy_pass %1$s://b;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_set_header Host $host;
              proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
              proxy_set_header X-Request-Id $request_id;
        """
                        .formatted(scheme)
                + (site.line().upstream().isTls() ? proxyTls(site.certificates()) : "")
                + (site.line().connectsForEachRequest()
                        ? "      proxy_ssl_session_reuse off;\n"
                        : "");
    }

    private static String proxyTls(Certificates files) {
        return """
              proxy_ssl_protocols TLSv1.2 TLSv1.3;
              proxy_ssl_certificate %1$s;
              proxy_ssl_certificate_key %2$s;
              proxy_ssl_trusted_certificate %1$s;
              proxy_ssl_verify on;
              proxy_ssl_name %3$s;
              proxy_ssl_server_name on;
        """
                .formatted(files.chain(), files.key(), RequestProfile.HOST);
    }

    /** The upstream: the same answer to everybody. Its port is the site's own port. */
    static String upstream(Site site) {
        var line = site.line();
        return frame(site)
                + """
                http {
                %1$s  default_type %2$s;
                  sendfile on;
                  tcp_nopush on;
                  open_file_cache max=8;
                  server {
                    listen 127.0.0.1:%3$d%4$s backlog=4096;
                %5$s    root %6$s;
                    error_page 405 =200 /%7$s;
                    location / { try_files /%7$s =404; %8$s}
                  }
                }
                """
                        .formatted(
                                http(site),
                                line.isGrpc() ? "application/grpc" : "text/plain",
                                site.port(),
                                listen(line.upstream()),
                                line.upstream().isTls() ? certificate(site) + clients(site) : "",
                                site.folder(),
                                ANSWER,
                                line.isGrpc() ? "add_trailer grpc-status 0; " : "");
    }

    /** The body of the upstream's answer; of a call, a message of that size. */
    static void writeAnswer(Site site, int bodyBytes) throws IOException {
        Files.write(
                site.folder().resolve(ANSWER),
                site.line().isGrpc()
                        ? GrpcMessage.of(bodyBytes, site.line().messages())
                        : "x".repeat(bodyBytes).getBytes(StandardCharsets.US_ASCII));
    }

    private static String http(Site site) {
        return """
          access_log off;
          keepalive_requests 1000000000;
          keepalive_timeout 3600s;
          client_body_temp_path %1$s/body;
          proxy_temp_path %1$s/proxy;
          fastcgi_temp_path %1$s/fastcgi;
          uwsgi_temp_path %1$s/uwsgi;
          scgi_temp_path %1$s/scgi;
        """
                .formatted(site.folder());
    }

    private static String listen(Line.Leg leg) {
        return (leg.isTls() ? " ssl" : "") + (leg.isHttp2() ? " http2" : "");
    }

    /** Everybody else's default; before 1.23.4 nginx had no TLS 1.3 unless asked. */
    private static String certificate(Site site) {
        return """
            ssl_protocols TLSv1.2 TLSv1.3;
            ssl_certificate %1$s;
            ssl_certificate_key %2$s;
        """
                .formatted(site.certificates().chain(), site.certificates().key());
    }

    private static String clients(Site site) {
        return """
            ssl_verify_client on;
            ssl_client_certificate %1$s;
        """
                .formatted(site.certificates().chain());
    }

    private static String frame(Site site) {
        return """
        daemon off;
        %2$s
        worker_processes 1;
        worker_rlimit_nofile 20000;
        pid %1$s/nginx.pid;
        error_log %1$s/error.log warn;
        events { worker_connections 16384; }
        """
                .formatted(site.folder(), user());
    }

    /** A worker of root's nginx is somebody else, who may not read our folders. */
    private static String user() {
        return System.getProperty("user.name").equals("root") ? "user root;" : "";
    }
}
