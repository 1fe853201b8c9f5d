// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.testing;

/** Documents that more than one test applies. */
public final class Documents {
    /** Harmless as protobuf; Envoy knows no such load balancer, and refuses the cluster. */
    public static final String REFUSED_BY_ENVOY =
            """
            ---
            apiVersion: outrigger.dev/v1alpha1
            kind: XdsResources
            metadata: {name: bad}
            spec:
              selector: {cluster: a}
              resources:
              - "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
                name: bad
                type: STATIC
                connect_timeout: 1s
                load_balancing_policy:
                  policies:
                  - typed_extension_config:
                      name: nobody.has.this
                      typed_config: {"@type": type.googleapis.com/google.protobuf.Struct, value: {}}
            """;

    private Documents() {}

    /** A sidecar {@code a}, and a service {@code b} with a route of its own for paths below one. */
    public static String mesh(String path) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Sidecar
        metadata: {name: a}
        spec:
          selector: {cluster: a}
          outbound: {listeners: [{name: http, address: 127.0.0.1, port: 15001}]}
        ---
        apiVersion: outrigger.dev/v1alpha1
        kind: Service
        metadata: {name: b}
        spec:
          hostnames: [b.local.service]
          ports: [{name: http, port: 80, protocol: HTTP}]
          endpoints: {static: [{address: 10.0.0.1, port: 8080}]}
        ---
        apiVersion: outrigger.dev/v1alpha1
        kind: HTTPRoute
        metadata: {name: b-routes}
        spec:
          parentRefs: [{kind: Service, name: b}]
          rules:
          - name: only
            matches: [{path: {type: PathPrefix, value: %s}}]
            backendRefs: [{name: b, port: 80}]
        """
                .formatted(path);
    }
}
