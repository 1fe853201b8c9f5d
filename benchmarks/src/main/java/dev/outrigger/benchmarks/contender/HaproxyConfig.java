// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.contender;

import dev.outrigger.benchmarks.load.RequestProfile;

/** HAProxy with the features of the other contenders. */
final class HaproxyConfig {

    private HaproxyConfig() {}

    /**
     * One thread, keep-alive on both sides with shared upstream connections, both headers added,
     * one host and prefix.
     */
    static String text(Site site) {
        return """
        global
          nbthread 1
          maxconn 8192
        defaults
          mode http
          timeout connect 1s
          timeout client 3600s
          timeout server 15s
          timeout http-keep-alive 3600s
          option forwardfor
          http-reuse always
        frontend benchmark
          bind 127.0.0.1:%d backlog 4096
          http-request set-header x-request-id %%[uuid()]
          use_backend b if { hdr(host) -i %s } { path_beg / }
        backend b
          server b 127.0.0.1:%d
        """
                .formatted(site.port(), RequestProfile.HOST, site.upstreamPort());
    }
}
