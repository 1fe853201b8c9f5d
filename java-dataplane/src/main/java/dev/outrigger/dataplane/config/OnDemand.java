// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

/** What a request without a route may ask for. */
public sealed interface OnDemand {
    /**
     * A virtual host of a route configuration whose hosts come apart from it.
     *
     * @param host as the request names it, in lower case
     */
    record VirtualHost(String routeConfigName, String host) implements OnDemand {}

    /**
     * The routes of a scope that nobody has needed yet.
     *
     * @param scopes the scoped routes it is one of
     * @param name the scope's
     */
    record Scope(ResourceReference scopes, String name) implements OnDemand {}
}
