// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import com.google.protobuf.ByteString;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.xds.ir.IrRoute;
import dev.outrigger.xds.ir.IrRoute.IrBackend;
import dev.outrigger.xds.ir.IrServicePort;
import dev.outrigger.xds.ir.IrVirtualHost;
import dev.outrigger.xds.snapshot.ContentHash;
import dev.outrigger.xds.snapshot.ContentVersion;
import dev.outrigger.xds.translate.XdsTranslator;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The virtual hosts of one service, encoded as they stand in every route configuration that has
 * them. Immutable.
 *
 * @param encoded a route configuration of nothing but the virtual hosts
 * @param domains in lower case
 * @param targets the clusters it needs, and whether a proxy may send a request there
 */
record HostsPart(
        ByteString encoded,
        ContentHash hash,
        SortedSet<PolicyId> provenance,
        List<String> domains,
        Map<IrServicePort, Boolean> targets) {
    static HostsPart of(List<IrVirtualHost> hosts, XdsTranslator translator) {
        var encoded = ContentVersion.serialize(translator.virtualHosts(hosts));
        var provenance = new TreeSet<PolicyId>();
        var targets = new LinkedHashMap<IrServicePort, Boolean>();
        for (IrVirtualHost host : hosts) {
            provenance.addAll(host.provenance());
            targets.putIfAbsent(host.servicePort(), false);
            for (IrRoute route : host.routes()) {
                for (IrBackend backend : route.backends()) {
                    targets.merge(backend.servicePort(), backend.weight() > 0, Boolean::logicalOr);
                }
                route.mirrors().forEach(mirror -> targets.put(mirror.servicePort(), true));
            }
        }
        return new HostsPart(
                encoded,
                ContentHash.of(encoded),
                Collections.unmodifiableSortedSet(provenance),
                hosts.stream()
                        .flatMap(host -> host.domains().stream())
                        .map(domain -> domain.toLowerCase(Locale.ROOT))
                        .toList(),
                Collections.unmodifiableMap(targets));
    }

    /** Whether nothing changes if it takes the place of another. */
    boolean isSame(HostsPart other) {
        return hash.equals(other.hash)
                && provenance.equals(other.provenance)
                && targets.equals(other.targets);
    }
}
