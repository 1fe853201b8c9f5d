// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.dnscache.DnsHost;
import dev.outrigger.dataplane.message.ConnectionInfo;
import org.jspecify.annotations.Nullable;

/**
 * Goes to the host a request names, which the filter has had looked up; a connection without
 * requests names it in its SNI.
 */
final class DynamicForwardProxyLoadBalancer implements LoadBalancer {
    private final Cluster cluster;

    DynamicForwardProxyLoadBalancer(Cluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public @Nullable Host choose(HostSet hosts, LoadBalancerContext context) {
        DynamicHosts known = cluster.membership().dynamicHosts();
        String name = name(context);
        return known == null || name.isEmpty()
                ? null
                : known.choose(DnsHost.key(name, cluster.dynamicForwardProxyPort()));
    }

    /** What the request or the connection names; empty for nothing. */
    static String name(LoadBalancerContext context) {
        String authority = context.requestHeader("host");
        if (authority != null) {
            return authority;
        }
        ConnectionInfo connection = context.connection();
        return connection == null ? "" : connection.accepted().requestedServerName();
    }
}
