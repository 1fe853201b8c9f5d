// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.tls;

import dev.outrigger.conformance.stage.Identities;
import dev.outrigger.conformance.tls.TlsComparison.Case;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Listeners and clusters with TLS of every kind, the hosts behind them, and who comes. */
final class TlsSetting implements TlsComparison.Setting {
    /** Listeners that clusters go to, and what they choose from. */
    private static final Map<String, String> INNER =
            Map.of("inner", "h2, http/1.1", "old", "http/1.1", "mute", "other");

    private static final String REQUEST_LOG =
            "%PROTOCOL% %UPSTREAM_PROTOCOL% %REQUESTED_SERVER_NAME% %REQ(:PATH)% %RESPONSE_CODE%"
                    + " %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %UPSTREAM_TRANSPORT_FAILURE_REASON%"
                    + " %DOWNSTREAM_TLS_VERSION% %DOWNSTREAM_TLS_CIPHER% %DOWNSTREAM_TLS_GROUP%"
                    + " %DOWNSTREAM_PEER_SUBJECT% %DOWNSTREAM_PEER_ISSUER% %DOWNSTREAM_PEER_URI_SAN%"
                    + " %DOWNSTREAM_PEER_SERIAL% %DOWNSTREAM_PEER_FINGERPRINT_256%"
                    + " %DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_1% %DOWNSTREAM_PEER_ISSUER_FINGERPRINT_256%"
                    + " %DOWNSTREAM_PEER_CERT_V_START% %DOWNSTREAM_PEER_CERT_V_END(%Y)%"
                    + " %DOWNSTREAM_LOCAL_SUBJECT% %DOWNSTREAM_LOCAL_DNS_SAN% %UPSTREAM_TLS_VERSION%"
                    + " %UPSTREAM_TLS_CIPHER% %UPSTREAM_PEER_SUBJECT% %UPSTREAM_PEER_IP_SAN%"
                    + " %UPSTREAM_LOCAL_URI_SAN% %UPSTREAM_SERVER_NAME%";

    private static final String CONNECTION_LOG =
            "%RESPONSE_FLAGS% %DOWNSTREAM_TRANSPORT_FAILURE_REASON% %DOWNSTREAM_TLS_VERSION%"
                    + " %DOWNSTREAM_PEER_SUBJECT%";

    private static final String INSPECTOR =
            "\n    listener_filters: [{name: tls, typed_config: {\"@type\":"
                    + " type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector}}]";

    private final Identities identities;
    private final Map<String, TlsUpstream> hosts = new LinkedHashMap<>();

    TlsSetting(Identities identities) throws Exception {
        this.identities = identities;
        hosts.put("good", new TlsUpstream(identities, "server", false));
        hosts.put("asking", new TlsUpstream(identities, "server", true));
        hosts.put("stranger", new TlsUpstream(identities, "stranger", false));
        hosts.put("expired", new TlsUpstream(identities, "expired", false));
        hosts.put("modern", new TlsUpstream(identities, "server", false, "TLSv1.3"));
    }

    @Override
    public Map<String, Case> cases() {
        var cases = new LinkedHashMap<String, Case>();
        var asking =
                new ArrayList<>(
                        List.of(
                                "basic",
                                "mtls",
                                "inspected",
                                "optional",
                                "named",
                                "pinned",
                                "lenient"));
        asking.addAll(TlsTrust.LISTENERS);
        for (String listener : asking) {
            client(cases, listener, "nobody", TlsClient.plain());
            for (String who : List.of("client", "stranger", "expired", "alone", "far", "signer")) {
                client(
                        cases,
                        listener,
                        who,
                        TlsClient.with(who).sending("x-forwarded-client-cert: By=old"));
            }
            client(
                    cases,
                    listener,
                    "stranger, 1.2",
                    TlsClient.with("stranger").speaking("TLSv1.2"));
            client(cases, listener, "nobody, 1.2", TlsClient.plain().speaking("TLSv1.2"));
        }
        client(cases, "modern", "old version", TlsClient.plain().speaking("TLSv1.2"));
        client(cases, "modern", "new version", TlsClient.plain());
        client(cases, "ciphers", "no common cipher", TlsClient.plain().speaking("TLSv1.2"));
        client(cases, "alpn", "agreed", TlsClient.plain().offering("http/1.1"));
        client(cases, "alpn", "no overlap", TlsClient.plain().offering("other"));
        client(cases, "alpn", "order of the server", TlsClient.plain().offering("http/1.1", "h2"));
        for (String version : List.of("TLSv1.2", "TLSv1.3")) {
            for (String listener : TlsTrust.RESUMING) {
                cases.put(
                        listener + ": again, " + version,
                        (ports, identities) ->
                                TlsClient.plain()
                                        .speaking(version)
                                        .playTwice(port(ports, listener), identities));
            }
        }
        for (String path : List.of("up", "http2", "as-it-came", "chosen-http1", "wrong-name")) {
            cases.put(
                    "alpn: http2 " + path,
                    (ports, _) -> Http2TlsClient.get(port(ports, "alpn"), path));
        }
        for (String name : List.of("server.example.com", "rsa.example.com", "a.wild.example.com")) {
            client(cases, "several", name, TlsClient.plain().asking(name));
        }
        client(cases, "several", "nobody else", TlsClient.plain().asking("nowhere.example.com"));
        RawHello.all()
                .forEach((name, hex) -> {
                    String listener = name.substring(0, name.indexOf(':'));
                    cases.put(name, (ports, _) -> RawHello.play(name, hex, port(ports, listener)));
                });
        for (String listener : List.of("basic", "inspected")) {
            cases.put(listener + ": cleartext", (ports, _) -> cleartext(port(ports, listener)));
        }
        client(cases, "cleartext", "tls", TlsClient.plain());
        for (String cluster : clusters().keySet()) {
            cases.put("host: " + cluster, (ports, _) -> get(port(ports, "cleartext"), cluster));
        }
        for (String host : List.of("server.example.com:8080", "127.0.0.1:1", "[::1]:80", "x")) {
            for (String cluster : naming().keySet()) {
                cases.put(
                        "host: " + cluster + " for " + host,
                        (ports, _) ->
                                get(
                                        port(ports, "cleartext"),
                                        cluster,
                                        host + "\r\nx-name: b.wild.example.com"));
            }
        }
        return cases;
    }

    private static void client(
            Map<String, Case> cases, String listener, String name, TlsClient client) {
        cases.put(
                listener + ": " + name,
                (ports, identities) -> client.play(port(ports, listener), identities));
    }

    static int port(Map<String, Integer> ports, String listener) {
        Integer port = ports.get(listener);
        if (port == null) {
            throw new IllegalStateException(listener + " (expected: one of " + ports + ")");
        }
        return port;
    }

    private static String cleartext(int port) {
        return get(port, "up");
    }

    static String get(int port, String path) {
        return get(port, path, "a.b");
    }

    /**
     * @param host with whatever header lines there are to be after it
     */
    private static String get(int port, String path, String host) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(8_000);
            String target = path.replace(' ', '-');
            socket.getOutputStream()
                    .write(
                            ("GET /"
                                            + target
                                            + " HTTP/1.1\r\nhost: "
                                            + host
                                            + "\r\nconnection: close\r\n\r\n")
                                    .getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1)
                    .replaceAll("(?m)^(date|x-envoy-upstream-service-time): .*\r\n", "");
        } catch (IOException e) {
            return e.getClass().getSimpleName();
        }
    }

    private static String trusting(String more) {
        return "validation_context: {trusted_ca: {filename: CA}" + more + "}";
    }

    private static String named(String type, String name) {
        return trusting(
                ", match_typed_subject_alt_names: [{san_type: "
                        + type
                        + ", matcher: {exact: \""
                        + name
                        + "\"}}]");
    }

    private static String shows(String who) {
        return "tls_certificates: [{certificate_chain: {filename: CRT-"
                + who
                + "}, private_key: {filename: KEY-"
                + who
                + "}}]";
    }

    private static String common(String... parts) {
        return "common_tls_context: {" + String.join(", ", parts) + "}";
    }

    /** What each listener's TLS says. */
    private Map<String, String> listeners(Path place) throws IOException {
        String own = shows("server");
        var all = new LinkedHashMap<String, String>();
        all.put("basic", common(own));
        all.put(RawHello.BRIEF, common(own));
        all.put("mtls", common(own, trusting("")) + ", require_client_certificate: true");
        all.put("inspected", common(own, trusting("")) + ", require_client_certificate: true");
        all.put("optional", common(own, trusting("")));
        all.put("named", common(own, named("URI", "spiffe://td/other")));
        all.put(
                "pinned",
                common(
                        own,
                        "validation_context: {verify_certificate_hash: [\""
                                + "00".repeat(32)
                                + "\"]}"));
        all.put("lenient", common(own, trusting(", trust_chain_verification: ACCEPT_UNTRUSTED")));
        all.put("modern", common(own, "tls_params: {tls_minimum_protocol_version: TLSv1_3}"));
        all.put(
                "ciphers",
                common(own, "tls_params: {cipher_suites: [ECDHE-RSA-AES128-GCM-SHA256]}"));
        all.put("alpn", common(own, "alpn_protocols: [h2, http/1.1]"));
        all.put(
                "several",
                common(
                        "tls_certificates: [{certificate_chain: {filename: CRT-rsa}, private_key:"
                                + " {filename: KEY-rsa}}, {certificate_chain: {filename:"
                                + " CRT-server}, private_key: {filename: KEY-server}}]"));
        TlsTrust.listeners(identities, place)
                .forEach((name, more) -> all.put(name, common(own, more)));
        for (String name : TlsTrust.RESUMING) {
            all.put(name, common(own) + TlsTrust.resumption(name));
        }
        return all;
    }

    /** What each cluster's TLS says, after the host it goes to. */
    private Map<String, String> clusters() {
        var all = new LinkedHashMap<String, String>();
        all.put("nothing asked", "good|" + common("alpn_protocols: []"));
        all.put("server name", "good|sni: server.example.com, " + common(trusting("")));
        all.put("name", "good|" + common(named("DNS", "b.wild.example.com")));
        all.put("address", "good|" + common(named("IP_ADDRESS", "127.0.0.1")));
        all.put("wrong name", "good|" + common(named("DNS", "other.example.com")));
        all.put(
                "name as asked",
                "good|sni: wrong.example.com, auto_sni_san_validation: true, "
                        + common(trusting("")));
        all.put("unknown authority", "stranger|" + common(trusting("")));
        all.put("expired", "expired|" + common(trusting("")));
        all.put(
                "expired allowed",
                "expired|" + common(trusting(", allow_expired_certificate: true")));
        all.put("with certificate", "asking|" + common(shows("client"), trusting("")));
        all.put("without certificate", "asking|" + common(trusting("")));
        all.put("with wrong certificate", "asking|" + common(shows("stranger")));
        all.put("too new", "modern|" + common(trusting("")));
        all.put(
                "new",
                "modern|"
                        + common(
                                trusting(""),
                                "tls_params: {tls_maximum_protocol_version: TLSv1_3}"));
        all.put("pinned host", "good|" + common(TlsTrust.pinned(identities, "server")));
        all.put("other pinned host", "good|" + common(TlsTrust.pinned(identities, "client")));
        all.put(
                "name of the host",
                "good|auto_host_sni: true, auto_sni_san_validation: true, " + common(trusting("")));
        all.putAll(naming());
        all.put("http2", "inner|" + common(trusting("")) + "|" + explicitHttp2());
        all.put("chosen http2", "inner|" + common(trusting("")) + "|auto_config: {}");
        all.put("chosen http1", "old|" + common(trusting("")) + "|auto_config: {}");
        all.put("nothing chosen", "mute|" + common(trusting("")) + "|auto_config: {}");
        all.put(
                "own protocols",
                "inner|" + common(trusting(""), "alpn_protocols: [http/1.1]") + "|auto_config: {}");
        all.put(
                "as it came",
                "inner|" + common(trusting("")) + "|use_downstream_protocol_config: {}");
        return all;
    }

    private static String explicitHttp2() {
        return "explicit_http_config: {http2_protocol_options: {}}";
    }

    /** Clusters whose TLS depends on what requests are for. */
    private static Map<String, String> naming() {
        var all = new LinkedHashMap<String, String>();
        String http1 = ", explicit_http_config: {http_protocol_options: {}}";
        all.put(
                "auto sni",
                "good|"
                        + common(trusting(""))
                        + "|upstream_http_protocol_options: {auto_sni: true}"
                        + http1);
        all.put(
                "auto san",
                "good|"
                        + common(trusting(""))
                        + "|upstream_http_protocol_options: {auto_san_validation: true}"
                        + http1);
        all.put(
                "auto both",
                "good|sni: fixed.example.com, "
                        + common(trusting(""))
                        + "|upstream_http_protocol_options: {auto_sni: true, auto_san_validation:"
                        + " true, override_auto_sni_header: x-name}"
                        + http1);
        all.put(
                "rewritten",
                "good|"
                        + common(trusting(""))
                        + "|upstream_http_protocol_options: {auto_sni: true, auto_san_validation:"
                        + " true}"
                        + http1);
        return all;
    }

    @Override
    public String bootstrap(Path place) throws IOException {
        var listeners = new ArrayList<String>();
        listeners(place)
                .forEach((name, tls) ->
                        listeners.add(listener(name, secured("Downstream", tls), place)));
        listeners.add(listener("cleartext", "", place));
        INNER.forEach((name, alpn) ->
                listeners.add(
                        listener(
                                name,
                                secured(
                                        "Downstream",
                                        common(shows("server"), "alpn_protocols: [" + alpn + "]")),
                                place)));
        var clusters = new ArrayList<String>();
        clusters.add(cluster("up", "good|" + common(trusting("")), place));
        clusters()
                .forEach((name, tls) -> clusters.add(cluster(name.replace(' ', '-'), tls, place)));
        return """
        node: {id: one, cluster: one}
        admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
        static_resources:
          listeners:
        %s
          clusters:
        %s
        """
                .formatted(String.join("\n", listeners), String.join("\n", clusters));
    }

    private String secured(String side, String tls) {
        String text =
                ("transport_socket: {name: tls, typed_config: {\"@type\":"
                                + " type.googleapis.com/envoy.extensions.transport_sockets.tls.v3."
                                + side
                                + "TlsContext, "
                                + tls
                                + "}}")
                        .replace("CA}", identities.certificate("ca") + "}");
        for (String who : List.of("server", "client", "stranger", "rsa")) {
            text =
                    text.replace("CRT-" + who, identities.certificate(who))
                            .replace("KEY-" + who, identities.key(who));
        }
        return text;
    }

    static String log(Path file, String format) {
        return "[{name: file, typed_config: {\"@type\":"
                + " type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog,"
                + " path: "
                + file
                + ", log_format: {text_format_source: {inline_string: \""
                + format
                + "\\n\"}}}}]";
    }

    private String listener(String name, String socket, Path place) {
        var routes = new StringBuilder();
        // Those that clusters go to go on to the one host, whatever the path.
        for (String cluster : INNER.containsKey(name) ? Set.<String>of() : clusters().keySet()) {
            String target = cluster.replace(' ', '-');
            String rewrite =
                    target.equals("rewritten")
                            ? ", host_rewrite_literal: 'a.wild.example.com:99'"
                            : "";
            routes.append(
                    "{match: {path: /"
                            + target
                            + "}, route: {cluster: "
                            + target
                            + rewrite
                            + "}}, ");
        }
        return """
          - name: %s
            stat_prefix: %s
            address: %s
            access_log: %s%s
            filter_chains:
            - filters:
              - name: hcm
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: %s
                  forward_client_cert_details: %s
                  set_current_client_cert_details: {subject: true, cert: true, chain: true, uri: true, dns: true}
                  access_log: %s
                  route_config: {virtual_hosts: [{name: v, domains: ["*"], routes: [%s{match: {prefix: /}, route: {cluster: up}}]}]}
                  http_filters:
                  - {name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}
              %s
        """
                .formatted(
                        name,
                        name,
                        INNER.containsKey(name)
                                ? pipe(name, place)
                                : "{socket_address: {address: 127.0.0.1, port_value: 0}}",
                        // The proxy's own connections end with it, which only ours logs.
                        INNER.containsKey(name)
                                ? "[]"
                                : log(
                                        place.resolve("connections.log"),
                                        name + " " + CONNECTION_LOG),
                        name.equals("inspected") ? INSPECTOR : "",
                        name,
                        forwarding(name),
                        log(place.resolve("requests.log"), name + " " + REQUEST_LOG),
                        routes,
                        name.equals(RawHello.BRIEF)
                                ? "transport_socket_connect_timeout: 0.3s\n      " + socket
                                : socket);
    }

    private static String forwarding(String listener) {
        return switch (listener) {
            case "mtls" -> "SANITIZE_SET";
            case "optional" -> "APPEND_FORWARD";
            case "lenient" -> "FORWARD_ONLY";
            default -> "SANITIZE";
        };
    }

    private static String pipe(String name, Path place) {
        return "{pipe: {path: " + place.resolve(name + ".sock") + "}}";
    }

    private String cluster(String name, String hostAndTls, Path place) {
        String[] parts = hostAndTls.split("\\|");
        TlsUpstream host = hosts.get(parts[0]);
        String address =
                host == null
                        ? pipe(parts[0], place)
                        : "{socket_address: {address: 127.0.0.1, port_value: " + host.port() + "}}";
        String options =
                parts.length < 3
                        ? ""
                        : "typed_extension_protocol_options:"
                                + " {envoy.extensions.upstreams.http.v3.HttpProtocolOptions:"
                                + " {\"@type\":"
                                + " type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions,"
                                + " "
                                + parts[2]
                                + "}}";
        return """
          - name: %s
            type: STATIC
            connect_timeout: 3s
            load_assignment: {cluster_name: c, endpoints: [{lb_endpoints: [{endpoint: {hostname: a.wild.example.com, address: %s}}]}]}
            %s
            %s
        """
                .formatted(name, address, secured("Upstream", parts[1]), options);
    }

    @Override
    public void close() throws IOException {
        for (TlsUpstream host : hosts.values()) {
            host.close();
        }
    }
}
