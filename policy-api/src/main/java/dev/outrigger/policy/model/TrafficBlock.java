// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.model;

/**
 * One policy kind in the narrow sense: a top-level block of a TrafficPolicy's spec, for example
 * {@code retry}. Implementations are immutable records in {@code kind/<kind>}. Blocks are resolved
 * independently and always as a whole.
 */
public interface TrafficBlock {
    /** The field name of the block in a document, for example {@code retry}. */
    String blockName();

    /** Where the block may be attached. */
    Scope scope();

    /**
     * Route-scoped blocks may target any level; cluster-scoped ones only a mesh or a service;
     * mesh-scoped ones only the mesh, for every caller.
     */
    enum Scope {
        ROUTE,
        CLUSTER,
        MESH
    }
}
