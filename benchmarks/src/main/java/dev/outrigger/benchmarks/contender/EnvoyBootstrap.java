// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.contender;

import dev.outrigger.benchmarks.load.RequestProfile;

/**
 * The static bootstrap Envoy and the Java data plane both start from, byte for byte the same but
 * for the ports.
 */
final class EnvoyBootstrap {

    private EnvoyBootstrap() {}

    /**
     * One listener, one virtual host, one prefix route with a retry policy, one static cluster;
     * x-forwarded-for and x-request-id are added; no access log. Circuit breakers are raised so
     * that no load shape meets them.
     */
    static String yaml(Site site) {
        return """
        admin:
          address: {socket_address: {address: 127.0.0.1, port_value: %d}}
        static_resources:
          listeners:
          - name: benchmark
            address: {socket_address: {address: 127.0.0.1, port_value: %d}}
            filter_chains:
            - filters:
              - name: envoy.filters.network.http_connection_manager
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: benchmark
                  use_remote_address: true
                  generate_request_id: true
                  route_config:
                    name: benchmark
                    virtual_hosts:
                    - name: b
                      domains: [%s]
                      routes:
                      - match: {prefix: /}
                        route:
                          cluster: b
                          retry_policy: {retry_on: 5xx, num_retries: 2}
                  http_filters:
                  - name: envoy.filters.http.router
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
          clusters:
          - name: b
            type: STATIC
            connect_timeout: 1s
            circuit_breakers:
              thresholds:
              - {max_connections: 10000, max_pending_requests: 10000, max_requests: 10000, max_retries: 1000}
            load_assignment:
              cluster_name: b
              endpoints:
              - lb_endpoints:
                - endpoint:
                    address: {socket_address: {address: 127.0.0.1, port_value: %d}}
        """
                .formatted(site.adminPort(), site.port(), RequestProfile.HOST, site.upstreamPort());
    }
}
