// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.model;

/** What a traffic policy tunes (GEP-713 target). Immutable. */
public sealed interface TargetRef {
    /** Every destination. */
    record Mesh(String name) implements TargetRef {}

    record Service(String namespace, String name) implements TargetRef {}

    record HttpRoute(String namespace, String name) implements TargetRef {}

    /** One rule of a route, by its {@code sectionName}. */
    record HttpRouteRule(String namespace, String name, String rule) implements TargetRef {}
}
