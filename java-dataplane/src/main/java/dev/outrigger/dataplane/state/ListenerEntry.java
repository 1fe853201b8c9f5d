// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.config.ConfigSourceConfig;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.RouteSource;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.RouteSource.Scopes;
import dev.outrigger.dataplane.config.HttpFilterConfig;
import dev.outrigger.dataplane.config.HttpFilterEntry;
import dev.outrigger.dataplane.config.ListenerConfig;
import dev.outrigger.dataplane.config.ResourceReference;
import dev.outrigger.dataplane.config.ScopeConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One accepted version of a listener. Immutable.
 *
 * @param accepted absent for listeners of the bootstrap
 * @param rds the route configurations it must know before it can serve, with who asks
 * @param filters HTTP and listener filters whose configuration comes over ECDS
 * @param scoped the scopes it must know, and their route configurations
 */
record ListenerEntry(
        ListenerConfig config,
        Optional<AcceptedResource> accepted,
        List<RdsUse> rds,
        List<ScopedUse> scoped,
        List<EcdsUse> filters) {
    static ListenerEntry of(ListenerConfig config, Optional<AcceptedResource> accepted) {
        var rds = new ArrayList<RdsUse>();
        var scoped = new ArrayList<ScopedUse>();
        var filters = new ArrayList<EcdsUse>();
        for (var each : config.listenerFilters().discovered()) {
            filters.add(new EcdsUse(each.resource(), each.typeUrls(), each.withoutWarming()));
        }
        config.httpConnectionManagers().forEach(manager -> collect(manager, rds, scoped, filters));
        return new ListenerEntry(
                config, accepted, List.copyOf(rds), List.copyOf(scoped), List.copyOf(filters));
    }

    private static void collect(
            HttpConnectionManagerConfig hcm,
            List<RdsUse> rds,
            List<ScopedUse> scoped,
            List<EcdsUse> filters) {
        hcm.allFilters()
                .map(HttpFilterEntry::config)
                .forEach(filter -> {
                    if (filter instanceof HttpFilterConfig.Discovered each) {
                        filters.add(
                                new EcdsUse(
                                        each.resource(), each.typeUrls(), each.withoutWarming()));
                    }
                });
        switch (hcm.routeSource()) {
            case RouteSource.Inline _ -> {}
            case RouteSource.Rds source -> rds.add(new RdsUse(source, hcm.statPrefix()));
            case RouteSource.Scoped(var _, var routes, Scopes.Discovered(var reference)) ->
                    scoped.add(new ScopedUse(reference, routes, hcm.statPrefix()));
            case RouteSource.Scoped(var _, var routes, Scopes.Inline(var scopes)) -> {
                for (ScopeConfig scope : scopes) {
                    if (!scope.routeConfigName().isEmpty() && routes.isPresent()) {
                        rds.add(
                                new RdsUse(
                                        new RouteSource.Rds(scope.routeConfigName(), routes.get()),
                                        hcm.statPrefix()));
                    }
                }
            }
        }
    }

    /**
     * A filter's reference to its configuration.
     *
     * @param typeUrls what it may be
     * @param withoutWarming whether nobody has to wait for it
     */
    record EcdsUse(ResourceReference resource, List<String> typeUrls, boolean withoutWarming) {
        EcdsUse {
            typeUrls = List.copyOf(typeUrls);
        }
    }

    /** A connection manager's reference to a route configuration. */
    record RdsUse(RouteSource.Rds source, String statPrefix) {}

    /** A connection manager's reference to scopes. */
    record ScopedUse(
            ResourceReference reference, Optional<ConfigSourceConfig> routes, String statPrefix) {
        /** Where its stats are, with the dot at the end. */
        String statScope() {
            return "http." + statPrefix + ".scoped_rds." + reference.name() + ".";
        }
    }
}
