// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.controlplane;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What is served: services with one host name and one fixed endpoint each, and one raw cluster with
 * its endpoints. Outrigger makes it of documents; the others are given what Outrigger served.
 *
 * @param services virtual hosts with a cluster each
 * @param listenPort of the only listener
 * @param served the folder with what was served, once somebody has been asked
 */
record Content(int services, int listenPort, Path served) {
    static final String ROUTE = "outbound/http";
    static final String RAW_CLUSTER = "changing";

    /** The service whose endpoints change. */
    static final String SERVICE = "s00000";

    static final String SERVICE_CLUSTER = "default/" + SERVICE + "/80";

    /** Where all endpoints point at first; nobody listens there. */
    static final int ENDPOINT = 9_000;

    /** Clusters in all. */
    int clusters() {
        return services + 1;
    }

    static String service(int number) {
        return String.format(Locale.ROOT, "s%05d", number);
    }

    /** Documents, in batches that one request may hold. */
    List<String> documents(int batch) {
        var documents = new ArrayList<String>();
        documents.add(sidecar());
        documents.add(rawCluster("v0", ENDPOINT));
        for (int i = 0; i < services; i++) {
            documents.add(service(service(i), ENDPOINT));
        }
        var batches = new ArrayList<String>();
        for (int from = 0; from < documents.size(); from += batch) {
            batches.add(
                    String.join(
                            "---\n",
                            documents.subList(from, Math.min(from + batch, documents.size()))));
        }
        return batches;
    }

    private String sidecar() {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Sidecar
        metadata: {name: fleet}
        spec:
          selector: {cluster: fleet}
          outbound: {listeners: [{name: http, address: 127.0.0.1, port: %d}]}
        """
                .formatted(listenPort);
    }

    static String service(String name, int port) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Service
        metadata: {name: %1$s}
        spec:
          hostnames: [%1$s.bench.local]
          ports: [{name: http, port: 80, protocol: HTTP}]
          endpoints: {static: [{address: 127.0.0.1, port: %2$d}]}
        """
                .formatted(name, port);
    }

    static String route(String parent, String backend) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: HTTPRoute
        metadata: {name: %1$s}
        spec:
          parentRefs: [{kind: Service, name: %1$s}]
          rules: [{name: all, backendRefs: [{name: %2$s, port: 80}]}]
        """
                .formatted(parent, backend);
    }

    static String policy(String service, int timeoutMillis) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: TrafficPolicy
        metadata: {name: %1$s}
        spec:
          targetRefs: [{kind: Service, name: %1$s}]
          timeouts: {request: %2$dms}
        """
                .formatted(service, timeoutMillis);
    }

    static String rawCluster(String marker, int port) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: XdsResources
        metadata: {name: changing}
        spec:
          selector: {cluster: fleet}
          resources:
          - "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
            name: changing
            altStatName: %1$s
            type: EDS
            connectTimeout: 2s
            edsClusterConfig: {edsConfig: {ads: {}, resourceApiVersion: V3}}
          - "@type": type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment
            clusterName: changing
            endpoints:
            - lbEndpoints:
              - endpoint: {address: {socketAddress: {address: 127.0.0.1, portValue: %2$d}}}
        """
                .formatted(marker, port);
    }
}
