// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.model;

import dev.outrigger.policy.document.FieldPath;
import java.util.Optional;

/** A place in a document that names another document. */
public sealed interface Reference {
    /** A service all of whose ports must take gRPC, because of what stands at the path. */
    record ToGrpc(FieldPath path, PolicyId target) implements Reference {}

    /** Where the reference stands. */
    FieldPath path();

    /** What is referred to. */
    PolicyId target();

    /** The document must exist. */
    record ToDocument(FieldPath path, PolicyId target) implements Reference {}

    /**
     * The service must exist and have the port.
     *
     * @param port absent when the service is expected to have exactly one
     * @param forGrpc whether the port must speak HTTP/2
     */
    record ToPort(FieldPath path, PolicyId target, Optional<Integer> port, boolean forGrpc)
            implements Reference {}

    /** The route must exist and have a rule of that name. */
    record ToRule(FieldPath path, PolicyId target, String rule) implements Reference {}

    /** A caller: the service must exist, or a Sidecar that says it is this service's. */
    record ToConsumer(FieldPath path, PolicyId target) implements Reference {}
}
