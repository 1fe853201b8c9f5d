// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.bootstrap;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A bootstrap as YAML for a proxy of a service: Envoy and the Java data plane read the same one.
 * Immutable.
 *
 * @param cluster the service whose sidecar this is
 * @param labels strings in the node's metadata, which selectors of Sidecar documents match
 * @param adminPort on 127.0.0.1; 0 for any free port
 * @param tls what the proxy shows and expects; empty for plaintext
 */
public record BootstrapTemplate(
        String id,
        String cluster,
        Map<String, String> labels,
        int adminPort,
        String xdsHost,
        int xdsPort,
        Optional<ClientTls> tls) {
    /** Of a control plane that speaks plaintext. */
    public BootstrapTemplate(
            String id,
            String cluster,
            Map<String, String> labels,
            int adminPort,
            String xdsHost,
            int xdsPort) {
        this(id, cluster, labels, adminPort, xdsHost, xdsPort, Optional.empty());
    }

    public BootstrapTemplate {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(xdsHost, "xdsHost");
        labels = Map.copyOf(labels);
        requirePort("adminPort", adminPort, 0);
        requirePort("xdsPort", xdsPort, 1);
    }

    public String toYaml() {
        return """
        node:
          id: %s
          cluster: %s
        %sadmin:
          address:
            socket_address: {address: 127.0.0.1, port_value: %d}
        dynamic_resources:
          ads_config:
            api_type: DELTA_GRPC
            transport_api_version: V3
            # Envoy's node is some 60 kB; once is enough.
            set_node_on_first_message_only: true
            grpc_services:
            - envoy_grpc: {cluster_name: outrigger_xds}
          cds_config: {resource_api_version: V3, ads: {}}
          lds_config: {resource_api_version: V3, ads: {}}
        static_resources:
          clusters:
          - name: outrigger_xds
            type: %s
            connect_timeout: 5s
            load_assignment:
              cluster_name: outrigger_xds
              endpoints:
              - lb_endpoints:
                - endpoint:
                    address:
                      socket_address: {address: %s, port_value: %d}
            typed_extension_protocol_options:
              envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                explicit_http_config:
                  http2_protocol_options:
                    # A control plane that died without a word is left within a minute.
                    connection_keepalive: {interval: 30s, timeout: 10s}
            upstream_connection_options:
              tcp_keepalive: {keepalive_probes: 3, keepalive_time: 30, keepalive_interval: 5}
        %s\
        """
                .formatted(
                        quoted(id),
                        quoted(cluster),
                        metadata(),
                        adminPort,
                        isAddress(xdsHost) ? "STATIC" : "STRICT_DNS",
                        quoted(xdsHost),
                        xdsPort,
                        tls.map(this::transportSocket).orElse(""));
    }

    private String transportSocket(ClientTls client) {
        return """
            transport_socket:
              name: envoy.transport_sockets.tls
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
        %s        common_tls_context:
                  alpn_protocols: [h2]
                  tls_certificates:
                  - certificate_chain: {filename: %s}
                    private_key: {filename: %s}
                  validation_context:
                    trusted_ca: {filename: %s}
        %s\
        """
                .formatted(
                        // A name that is an address is no SNI (RFC 6066, section 3).
                        isAddress(xdsHost) ? "" : "        sni: " + quoted(xdsHost) + "\n",
                        quoted(client.certificate()),
                        quoted(client.key()),
                        quoted(client.authorities()),
                        client.server().map(BootstrapTemplate::expectation).orElse(""));
    }

    private static String expectation(ServerName server) {
        return """
                    match_typed_subject_alt_names:
                    - {san_type: %s, matcher: {exact: %s}}
        """
                .formatted(server.type(), quoted(server.value()));
    }

    /**
     * A client's credentials as files on the proxy's machine, in PEM.
     *
     * @param authorities whose certificate the control plane has
     * @param server what that certificate must call it; empty if the authorities sign nothing else
     */
    public record ClientTls(
            String certificate, String key, String authorities, Optional<ServerName> server) {}

    /**
     * A subject alternative name.
     *
     * @param type as Envoy calls it
     */
    public record ServerName(Type type, String value) {
        /** A URI has a scheme, an address only its own characters; anything else is a DNS name. */
        public static ServerName parse(String name) {
            if (name.contains("://")) {
                return new ServerName(Type.URI, name);
            }
            return new ServerName(isAddress(name) ? Type.IP_ADDRESS : Type.DNS, name);
        }

        /** Envoy's {@code SubjectAltNameMatcher.SanType}. */
        public enum Type {
            DNS,
            URI,
            IP_ADDRESS
        }
    }

    private String metadata() {
        if (labels.isEmpty()) {
            return "";
        }
        var lines = new StringBuilder("  metadata:\n");
        new TreeMap<>(labels)
                .forEach((name, value) ->
                        lines.append("    ")
                                .append(quoted(name))
                                .append(": ")
                                .append(quoted(value))
                                .append('\n'));
        return lines.toString();
    }

    /** An IP address needs no resolver; nothing else has only these characters and such an end. */
    private static boolean isAddress(String host) {
        return host.indexOf(':') >= 0 || host.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    }

    /** A double-quoted YAML scalar, so that no value is taken for a number or for structure. */
    private static String quoted(String value) {
        var quoted = new StringBuilder("\"");
        value.codePoints()
                .forEach(c -> {
                    if (c == '"' || c == '\\') {
                        quoted.append('\\').appendCodePoint(c);
                    } else if (c < 0x20 || c == 0x7F || (c > 0xFFFF) || isBreak(c)) {
                        quoted.append("\\U%08X".formatted(c));
                    } else {
                        quoted.appendCodePoint(c);
                    }
                });
        return quoted.append('"').toString();
    }

    private static boolean isBreak(int c) {
        return (c >= 0x80 && c <= 0x9F) || c == 0x2028 || c == 0x2029 || c == 0xFEFF;
    }

    private static void requirePort(String field, int port, int min) {
        if (port < min || port > 65_535) {
            throw new IllegalArgumentException(
                    field + ": " + port + " (expected: " + min + "..65535)");
        }
    }
}
