// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.service;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.kind.capability.Capabilities;
import dev.outrigger.policy.kind.capability.Feature;
import dev.outrigger.policy.kind.service.ServiceSpec.Protocol;
import java.util.Map;
import java.util.Optional;

/** Reads {@code protocol}: HTTP, HTTP2 or GRPC. */
public final class Protocols {
    private static final Map<String, Protocol> WORDS =
            Map.of("HTTP", Protocol.HTTP, "HTTP2", Protocol.HTTP2, "GRPC", Protocol.GRPC);

    private Protocols() {}

    public static Optional<Protocol> read(DocumentNode node, Capabilities capabilities) {
        var protocol = node.oneOf(WORDS);
        if (protocol.filter(Protocol::isHttp2).isPresent()) {
            capabilities.require(node, Feature.HTTP2_UPSTREAM);
        }
        return protocol;
    }
}
