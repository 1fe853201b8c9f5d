// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.model;

/** What a traffic policy tunes (GEP-713 target). Immutable. */
public sealed interface TargetRef {
    /** Every destination. */
    record Mesh(String name) implements TargetRef {}

    record Service(String namespace, String name) implements TargetRef {}

    /** A document that routes: an HTTPRoute or a GRPCRoute. */
    record Route(PolicyId document) implements TargetRef {}

    /** One rule of a route, by its {@code sectionName}. */
    record RouteRule(PolicyId document, String rule) implements TargetRef {}
}
