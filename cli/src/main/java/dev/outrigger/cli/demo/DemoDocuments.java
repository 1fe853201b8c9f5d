// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.demo;

import dev.outrigger.cli.demo.DemoPorts.SidecarPorts;
import java.util.List;
import java.util.stream.Collectors;

/** The documents the demo posts: what a user would write by hand. */
final class DemoDocuments {
    static final String CALLEE = "b.local.service";
    static final String DOWN = "down.local.service";
    static final String UNKNOWN = "nobody.local.service";

    /** Envoy's name for the cluster of service B, and the prefix of its stats. */
    static final String CALLEE_CLUSTER = "default/b/80";

    private DemoDocuments() {}

    /** Services and sidecars: everything but the policy. */
    static String mesh(DemoPorts ports, int downPort, List<String> flavors) {
        var services =
                service("a", "a.local.service", ports.serviceA())
                        + "---\n"
                        + service("b", CALLEE, ports.serviceB())
                        + "---\n"
                        + service("down", DOWN, downPort);
        return services
                + flavors.stream()
                        .map(flavor ->
                                "---\n"
                                        + sidecar(
                                                flavor,
                                                flavor.equals("envoy")
                                                        ? ports.envoy()
                                                        : ports.java(),
                                                ports.serviceA()))
                        .collect(Collectors.joining());
    }

    /** What the second round has and the first has not. */
    static String retryPolicy() {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: TrafficPolicy
        metadata: {name: a-to-b}
        spec:
          targetRefs: [{kind: Service, name: b}]
          consumers: [{kind: Service, name: a}]
          retry: {attempts: %d, codes: ["5xx"]}
        """
                .formatted(DemoOptions.RETRIES);
    }

    private static String service(String name, String hostname, int port) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Service
        metadata: {name: %s}
        spec:
          hostnames: [%s]
          ports: [{name: http, port: 80, protocol: HTTP}]
          endpoints: {static: [{address: 127.0.0.1, port: %d}]}
        """
                .formatted(name, hostname, port);
    }

    private static String sidecar(String flavor, SidecarPorts ports, int appPort) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Sidecar
        metadata: {name: a-%s}
        spec:
          selector: {cluster: a, labels: {flavor: %s}}
          inbound: [{name: app, address: 127.0.0.1, listenPort: %d, appPort: %d}]
          outbound:
            listeners: [{name: http, address: 127.0.0.1, port: %d, protocol: HTTP}]
        """
                .formatted(flavor, flavor, ports.ingress(), appPort, ports.egress());
    }
}
