// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.xdsresources;

import dev.outrigger.policy.document.DocumentNode;

/**
 * Checks one raw resource against Envoy's schema. Implemented by the xDS server, which has the
 * protobuf classes; this module has none.
 */
@FunctionalInterface
public interface XdsResourceCheck {
    /** Checks nothing; for callers without the protobuf classes. */
    XdsResourceCheck NONE = (typeUrl, resource) -> {};

    /**
     * Records a violation for every part of the resource that Envoy would not take.
     *
     * @param typeUrl the resource's {@code @type}, one of the accepted ones
     * @param resource the resource as an object in proto3 JSON, {@code @type} included
     */
    void check(String typeUrl, DocumentNode resource);
}
