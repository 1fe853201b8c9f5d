// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.node;

import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.HashMap;
import java.util.Map;

/**
 * What is kept of a client's node, which is some 60 kB on the wire. Immutable.
 *
 * @param labels top-level string values of its metadata
 * @param userAgent name and version, for example {@code envoy 1.40.0}
 */
public record NodeIdentity(
        String id, String cluster, Map<String, String> labels, String userAgent) {
    public NodeIdentity {
        labels = Map.copyOf(labels);
    }

    public static NodeIdentity from(Node node) {
        var labels = new HashMap<String, String>();
        node.getMetadata()
                .getFieldsMap()
                .forEach((name, value) -> {
                    if (value.getKindCase() == Value.KindCase.STRING_VALUE) {
                        labels.put(name, value.getStringValue());
                    }
                });
        return new NodeIdentity(node.getId(), node.getCluster(), labels, userAgent(node));
    }

    /** What it does with what it is sent. */
    public ClientKind client() {
        // grpc-java, grpc-go, grpcio and grpc-js name themselves "gRPC Java", "gRPC Go" and so on.
        return userAgent.startsWith("gRPC") ? ClientKind.PROXYLESS : ClientKind.PROXY;
    }

    private static String userAgent(Node node) {
        if (node.hasUserAgentBuildVersion()) {
            var version = node.getUserAgentBuildVersion().getVersion();
            return (node.getUserAgentName()
                            + " "
                            + version.getMajorNumber()
                            + "."
                            + version.getMinorNumber()
                            + "."
                            + version.getPatch())
                    .strip();
        }
        return (node.getUserAgentName() + " " + node.getUserAgentVersion()).strip();
    }
}
