// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

/**
 * What the levels above a route say for filters, and how its own is compiled. Most routes add
 * nothing, and share what their virtual host has.
 */
record RouteFilters(
        PerFilterConfigs.Level table,
        PerFilterConfigs.Level host,
        PerFilterConfigs inherited,
        PerFilterConfigs.Compiler compiler) {
    static RouteFilters of(
            PerFilterConfigs.Level table,
            PerFilterConfigs.Level host,
            PerFilterConfigs.Compiler compiler) {
        return new RouteFilters(table, host, PerFilterConfigs.of(table, host), compiler);
    }

    PerFilterConfigs with(PerFilterConfigs.Level route, PerFilterConfigs.Level cluster) {
        return route.isEmpty() && cluster.isEmpty()
                ? inherited
                : PerFilterConfigs.of(table, host, route, cluster);
    }
}
