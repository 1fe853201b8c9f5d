// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.contender;

import dev.outrigger.benchmarks.load.RequestProfile;

/**
 * nginx as a proxy with the features of the other contenders, and nginx as the upstream behind all
 * of them.
 */
final class NginxConfig {

    private NginxConfig() {}

    /**
     * The proxy: one worker, keep-alive on both sides, both headers added, one server name, one
     * prefix location.
     */
    static String proxy(Site site) {
        return frame(site)
                + """
                http {
                  access_log off;
                  keepalive_requests 1000000000;
                  keepalive_timeout 3600s;
                  client_body_temp_path %1$s/body;
                  proxy_temp_path %1$s/proxy;
                  fastcgi_temp_path %1$s/fastcgi;
                  uwsgi_temp_path %1$s/uwsgi;
                  scgi_temp_path %1$s/scgi;
                  upstream b {
                    server 127.0.0.1:%2$d;
                    keepalive 1024;
                    keepalive_requests 1000000000;
                    keepalive_timeout 3600s;
                  }
                  server {
                    listen 127.0.0.1:%3$d backlog=4096;
                    server_name %4$s;
                    location / {
                      proxy_pass http://b;
                      proxy_http_version 1.1;
                      proxy_set_header Connection "";
                      proxy_set_header Host $host;
                      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                      proxy_set_header X-Request-Id $request_id;
                    }
                  }
                }
                """
                        .formatted(
                                site.folder(),
                                site.upstreamPort(),
                                site.port(),
                                RequestProfile.HOST);
    }

    /** The upstream: the same answer to everybody. Its port is the site's own port. */
    static String upstream(Site site, int bodyBytes) {
        return frame(site)
                + """
                http {
                  access_log off;
                  keepalive_requests 1000000000;
                  keepalive_timeout 3600s;
                  client_body_temp_path %1$s/body;
                  proxy_temp_path %1$s/proxy;
                  fastcgi_temp_path %1$s/fastcgi;
                  uwsgi_temp_path %1$s/uwsgi;
                  scgi_temp_path %1$s/scgi;
                  default_type text/plain;
                  server {
                    listen 127.0.0.1:%2$d backlog=4096;
                    location / { return 200 "%3$s"; }
                  }
                }
                """
                        .formatted(site.folder(), site.port(), "x".repeat(bodyBytes));
    }

    private static String frame(Site site) {
        return """
        daemon off;
        worker_processes 1;
        worker_rlimit_nofile 20000;
        pid %1$s/nginx.pid;
        error_log %1$s/error.log warn;
        events { worker_connections 16384; }
        """
                .formatted(site.folder());
    }
}
