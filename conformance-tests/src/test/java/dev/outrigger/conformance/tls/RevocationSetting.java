// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.tls;

import dev.outrigger.conformance.stage.Identities;
import dev.outrigger.conformance.tls.TlsComparison.Case;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Listeners and clusters with lists of revoked certificates (TL4), one of each for every way to
 * have such lists, and peers whose certificates come straight from the authority or through
 * another.
 */
final class RevocationSetting implements TlsComparison.Setting {
    private static final List<String> HOSTS = List.of("client", "far");

    private static final String UNKNOWN_CRITICAL = "300c06032a03040101ff04020500";
    private static final String SERIAL_OF_NOBODY = "300c0603551d230405300382010c";
    private static final String LEAF_ONLY = ", only_verify_leaf_cert_crl: true";

    /**
     * What a listener and its cluster are told.
     *
     * @param trusted who is
     * @param beside lists in the file of those who are trusted
     * @param lists those of {@code crl}; empty for none
     */
    private record Told(String trusted, String beside, String lists, String more) {}

    private final Identities identities;
    private final Instant now;
    private final Map<String, TlsUpstream> hosts = new LinkedHashMap<>();

    RevocationSetting(Identities identities, Instant now) throws Exception {
        this.identities = identities;
        this.now = now;
        for (String peer : HOSTS) {
            hosts.put(peer, new TlsUpstream(identities, peer, false));
        }
    }

    @Override
    public Map<String, Case> cases() {
        var cases = new LinkedHashMap<String, Case>();
        for (String told : told().keySet()) {
            for (String peer : List.of("client", "far", "pointing")) {
                cases.put(
                        told + ": " + peer,
                        (ports, own) ->
                                TlsClient.with(peer).play(TlsSetting.port(ports, told), own));
            }
            for (String peer : HOSTS) {
                cases.put(
                        told + ": host " + peer,
                        (ports, _) ->
                                TlsSetting.get(
                                        TlsSetting.port(ports, "cleartext"), told + "-" + peer));
            }
        }
        return cases;
    }

    /** By a name that is the listener's. */
    private Map<String, Told> told() {
        X509Bundle root = identities.of("ca");
        X509Bundle between = identities.of("between");
        X509Bundle client = identities.of("client");
        X509Bundle far = identities.of("far");
        RevocationText good = RevocationText.by(root);
        RevocationText revoking = RevocationText.by(root, client);
        String lower = text(RevocationText.by(between));
        var all = new LinkedHashMap<String, Told>();
        all.put("nobody-revoked", lists(text(good) + lower));
        all.put("none-of-the-one-between", lists(text(good)));
        all.put("none-of-the-root", lists(lower));
        all.put("leaf-revoked", lists(text(revoking) + text(RevocationText.by(between, far))));
        all.put("between-revoked", lists(text(RevocationText.by(root, between)) + lower));
        all.put("root-revoked", lists(text(RevocationText.by(root, root)) + lower));
        all.put("leaf-only", leafOnly(lower));
        all.put("leaf-only-between", leafOnly(text(RevocationText.by(root, between)) + lower));
        all.put(
                "leaf-only-revoked",
                leafOnly(text(RevocationText.by(root, client, identities.of("pointing"))) + lower));
        String expired = text(good.madeDaysAgo(3).dueInDays(-1));
        all.put("expired", lists(expired + lower));
        all.put(
                "expired-allowed",
                new Told("ca", "", expired + lower, ", allow_expired_certificate: true"));
        all.put(
                "expired-and-good",
                lists(text(revoking.madeDaysAgo(3).dueInDays(-1)) + text(good) + lower));
        all.put("future", lists(text(good.madeDaysAgo(-3)) + lower));
        all.put("future-and-good", lists(text(revoking.madeDaysAgo(-3)) + text(good) + lower));
        all.put("older-revokes", lists(text(revoking.madeDaysAgo(3)) + text(good) + lower));
        all.put("newer-revokes", lists(text(good) + text(revoking.madeDaysAgo(0)) + lower));
        all.put("signed-by-another", lists(text(good.signedBy(identities.of("other-ca"))) + lower));
        all.put("unknown-critical", lists(text(good.extendedBy(UNKNOWN_CRITICAL)) + lower));
        all.put(
                "unknown-critical-and-good",
                lists(
                        text(revoking.madeDaysAgo(0).extendedBy(UNKNOWN_CRITICAL))
                                + text(good)
                                + lower));
        all.put("of-another-key", lists(text(good.extendedBy(SERIAL_OF_NOBODY)) + lower));
        all.put("only-users", lists(text(good.extendedBy(point("8101ff"))) + lower));
        all.put("only-authorities", lists(text(good.extendedBy(point("8201ff"))) + lower));
        all.put("some-reasons", lists(text(good.extendedBy(point("83020640"))) + lower));
        all.put("indirect", lists(text(good.extendedBy(point("8401ff"))) + lower));
        all.put(
                "of-a-point",
                leafOnly(
                        text(good.extendedBy(point(named("http://lists.example.com/b")))) + lower));
        all.put(
                "of-another-point",
                leafOnly(
                        text(good.extendedBy(point(named("http://lists.example.com/c")))) + lower));
        all.put("no-list-in-it", lists("nothing"));
        all.put("beside-the-trusted", new Told("ca", text(revoking) + lower, "", ""));
        all.put("in-both", new Told("ca", text(revoking), text(good) + lower, ""));
        all.put(
                "accepted",
                new Told("ca", "", text(revoking), ", trust_chain_verification: ACCEPT_UNTRUSTED"));
        all.put("trusted-between", new Told("between", "", text(good) + lower, ""));
        return all;
    }

    private String text(RevocationText list) {
        return list.pem(now);
    }

    private static Told lists(String lists) {
        return new Told("ca", "", lists, "");
    }

    private static Told leafOnly(String lists) {
        return new Told("ca", "", lists, LEAF_ONLY);
    }

    /** The extension {@code issuingDistributionPoint} with this inside. */
    private static String point(String inside) {
        int length = inside.length() / 2;
        return "30%02x0603551d1c0101ff04%02x30%02x%s"
                .formatted(length + 12, length + 2, length, inside);
    }

    private static String named(String uri) {
        var hex = new StringBuilder();
        uri.chars().forEach(c -> hex.append("%02x".formatted(c)));
        int length = uri.length();
        return "a0%02xa0%02x86%02x%s".formatted(length + 4, length + 2, length, hex);
    }

    @Override
    public String bootstrap(Path place) throws IOException {
        var listeners = new StringBuilder();
        var clusters = new StringBuilder();
        var routes = new StringBuilder();
        for (var each : told().entrySet()) {
            String name = each.getKey();
            String validation = validation(name, each.getValue(), place);
            listeners.append(
                    listener(
                            name,
                            place,
                            "{match: {prefix: /}, direct_response: {status: 200}}",
                            socket(
                                    "Downstream",
                                    "tls_certificates: [{certificate_chain: {filename: "
                                            + identities.certificate("server")
                                            + "}, private_key: {filename: "
                                            + identities.key("server")
                                            + "}}], "
                                            + validation)));
            hosts.forEach((peer, host) -> {
                String cluster = name + "-" + peer;
                clusters.append(cluster(cluster, host.port(), socket("Upstream", validation)));
                routes.append(
                        "{match: {path: /%s}, route: {cluster: %s}}, ".formatted(cluster, cluster));
            });
        }
        listeners.append(listener("cleartext", place, routes.toString(), ""));
        return """
        node: {id: one, cluster: one}
        admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
        static_resources:
          listeners:
        %s
          clusters:
        %s
        """
                .formatted(listeners, clusters);
    }

    private String validation(String name, Told told, Path place) throws IOException {
        Path trusted = place.resolve(name + ".trusted");
        String certificate = Files.readString(Path.of(identities.certificate(told.trusted())));
        // Of a chain only the first is trusted.
        int end = certificate.indexOf("-----BEGIN", 1);
        Files.writeString(
                trusted,
                (end < 0 ? certificate : certificate.substring(0, end)) + "\n" + told.beside());
        String lists = "";
        if (!told.lists().isEmpty()) {
            Path file = place.resolve(name + ".lists");
            Files.writeString(file, told.lists());
            lists = ", crl: {filename: " + file + "}";
        }
        return "validation_context: {trusted_ca: {filename: "
                + trusted
                + "}"
                + lists
                + told.more()
                + "}";
    }

    private static String socket(String side, String tls) {
        return "transport_socket: {name: tls, typed_config: {\"@type\":"
                + " type.googleapis.com/envoy.extensions.transport_sockets.tls.v3."
                + side
                + "TlsContext, common_tls_context: {"
                + tls
                + "}}}";
    }

    private static String listener(String name, Path place, String routes, String socket) {
        return """
          - name: %1$s
            stat_prefix: %1$s
            address: {socket_address: {address: 127.0.0.1, port_value: 0}}
            access_log: %2$s
            filter_chains:
            - filters:
              - name: hcm
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: %1$s
                  access_log: %3$s
                  route_config: {virtual_hosts: [{name: v, domains: ["*"], routes: [%4$s]}]}
                  http_filters:
                  - {name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}
              %5$s
        """
                .formatted(
                        name,
                        TlsSetting.log(
                                place.resolve("connections.log"),
                                name + " %DOWNSTREAM_TRANSPORT_FAILURE_REASON%"),
                        TlsSetting.log(
                                place.resolve("requests.log"),
                                name
                                        + " %REQ(:PATH)% %RESPONSE_CODE% %RESPONSE_FLAGS%"
                                        + " %UPSTREAM_TRANSPORT_FAILURE_REASON%"
                                        + " %DOWNSTREAM_PEER_SUBJECT%"),
                        routes,
                        socket);
    }

    private static String cluster(String name, int port, String socket) {
        return """
          - name: %s
            type: STATIC
            connect_timeout: 3s
            load_assignment: {cluster_name: c, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %s}}}}]}]}
            %s
        """
                .formatted(name, port, socket);
    }

    @Override
    public void close() throws IOException {
        for (TlsUpstream host : hosts.values()) {
            host.close();
        }
    }
}
