// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.ClusterConfig;
import dev.outrigger.dataplane.config.ClusterConfig.TransportSocketMatch;
import dev.outrigger.dataplane.config.Metadata;
import dev.outrigger.dataplane.config.MetadataCriteria.Criterion;
import dev.outrigger.dataplane.config.MetadataValue;
import dev.outrigger.dataplane.config.ProxyProtocolConfig;
import dev.outrigger.dataplane.config.UpstreamTlsConfig;
import dev.outrigger.dataplane.tls.ClientTls;
import dev.outrigger.dataplane.tls.LoadedCertificates;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A cluster's transport sockets: its own, and those for hosts whose metadata matches (TL8).
 * Immutable.
 */
final class TransportSockets {
    private static final String METADATA = "envoy.transport_socket_match";

    private final Socket own;
    private final List<Socket> matched;

    /**
     * One of them.
     *
     * @param name as it is counted
     * @param tls {@code null} for cleartext
     * @param proxyProtocol {@code null} where hosts are not told of clients
     */
    record Socket(
            String name,
            @Nullable TransportSocketMatch match,
            @Nullable ClientTls tls,
            @Nullable ProxyProtocolConfig proxyProtocol) {}

    TransportSockets(ClusterConfig config, ClusterEnvironment environment) {
        String scope = "cluster." + config.statName().replace(':', '_') + ".";
        this.own =
                new Socket(
                        "default",
                        null,
                        tls(config.tls(), scope, environment),
                        config.proxyProtocol().orElse(null));
        var all = new ArrayList<Socket>();
        for (TransportSocketMatch each : config.transportSocketMatches()) {
            all.add(
                    new Socket(
                            each.name(),
                            each,
                            tls(each.tls(), scope, environment),
                            each.proxyProtocol().orElse(null)));
        }
        this.matched = List.copyOf(all);
    }

    private static @Nullable ClientTls tls(
            Optional<UpstreamTlsConfig> config, String scope, ClusterEnvironment environment) {
        return config.map(c -> environment.tls().client(c, scope)).orElse(null);
    }

    /** Of hosts whose metadata says nothing. */
    Socket own() {
        return own;
    }

    /** What each of them that is not cleartext works with. */
    List<LoadedCertificates> certificates() {
        var all = new ArrayList<LoadedCertificates>();
        add(own, all);
        matched.forEach(each -> add(each, all));
        return all;
    }

    private static void add(Socket socket, List<LoadedCertificates> all) {
        ClientTls tls = socket.tls();
        if (tls != null) {
            all.add(tls.certificates());
        }
    }

    /** The one for a host: the first that fits what it or its locality says. */
    Socket of(Metadata host, Metadata locality) {
        for (Socket each : matched) {
            TransportSocketMatch match = each.match();
            if (match != null && (fits(match, host) || fits(match, locality))) {
                return each;
            }
        }
        return own;
    }

    /** The one for whoever asks with these criteria in a host's place. */
    Socket of(MetadataValue.Struct criteria) {
        for (Socket each : matched) {
            TransportSocketMatch match = each.match();
            if (match != null && fits(match, criteria.fields())) {
                return each;
            }
        }
        return own;
    }

    private static boolean fits(TransportSocketMatch match, Metadata metadata) {
        return !metadata.filters().isEmpty() && fits(match, metadata.of(METADATA).fields());
    }

    private static boolean fits(TransportSocketMatch match, Map<String, MetadataValue> fields) {
        for (Criterion each : match.match().criteria()) {
            if (!each.value().equals(fields.get(each.key()))) {
                return false;
            }
        }
        return true;
    }
}
