// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.service;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.kind.service.ServiceSpec.Protocol;
import java.util.Map;
import java.util.Optional;

/** Reads {@code protocol}: HTTP, HTTP2 or GRPC. */
public final class Protocols {
    private static final Map<String, Protocol> WORDS =
            Map.of("HTTP", Protocol.HTTP, "HTTP2", Protocol.HTTP2, "GRPC", Protocol.GRPC);

    private Protocols() {}

    public static Optional<Protocol> read(DocumentNode node) {
        return node.oneOf(WORDS);
    }
}
