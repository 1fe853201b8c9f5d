// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.outrigger.dataplane.config.ListenerFiltersConfig.PassThroughTlvs;
import dev.outrigger.dataplane.config.ProxyProtocolConfig;
import dev.outrigger.dataplane.config.ProxyTlv;
import io.envoyproxy.envoy.config.core.v3.ProxyProtocolConfig.Version;
import io.envoyproxy.envoy.config.core.v3.TlvEntry;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport;
import java.util.List;
import java.util.Optional;

/** The PROXY protocol toward hosts. */
final class ProxyProtocolParser {
    private static final SupportedFields TLV =
            SupportedFields.of(TlvEntry.class).obeyed("type", "value");

    private static final SupportedFields CONFIG =
            SupportedFields.of(
                            io.envoyproxy.envoy.config.core.v3.ProxyProtocolConfig.class,
                            "upstream")
                    .obeyed("version")
                    .nested("pass_through_tlvs", () -> ListenerFilterParser.PASS_THROUGH)
                    .nested("added_tlvs", () -> TLV);

    /** Where a CONNECT ends nothing is said but the addresses. */
    static final SupportedFields ADDRESSES =
            SupportedFields.of(
                            io.envoyproxy.envoy.config.core.v3.ProxyProtocolConfig.class, "CONNECT")
                    .obeyed("version")
                    .noEffect("pass_through_tlvs", "Envoy does not read it here")
                    .noEffect("added_tlvs", "Envoy does not read it here");

    static final SupportedFields TRANSPORT =
            SupportedFields.of(ProxyProtocolUpstreamTransport.class)
                    .nested("config", () -> CONFIG)
                    .nested("transport_socket", () -> TlsFields.UPSTREAM_INNER_SOCKET)
                    .onlyBool("allow_unspecified_address", false)
                    .obeyed("tlv_as_pool_key");

    private ProxyProtocolParser() {}

    /** Empty for a transport socket that says nothing to hosts. */
    static Optional<ProxyProtocolConfig> parse(
            TransportSocket socket, String path, Findings findings) {
        return transport(socket, path, findings)
                .map(ProxyProtocolUpstreamTransport::getConfig)
                .map(config ->
                        new ProxyProtocolConfig(
                                version(config),
                                ListenerFilterParser.passThrough(config.getPassThroughTlvs()),
                                config.getAddedTlvsList().stream()
                                        .map(each ->
                                                new ProxyTlv(
                                                        each.getType(),
                                                        each.getValue().toString(ISO_8859_1)))
                                        .toList()));
    }

    /** What a host is told where a CONNECT ends. */
    static ProxyProtocolConfig addresses(
            io.envoyproxy.envoy.config.core.v3.ProxyProtocolConfig config) {
        return new ProxyProtocolConfig(version(config), PassThroughTlvs.NONE, List.of());
    }

    private static int version(io.envoyproxy.envoy.config.core.v3.ProxyProtocolConfig config) {
        return config.getVersion() == Version.V2 ? 2 : 1;
    }

    /** What is behind the header, or the socket itself where there is no header. */
    static TransportSocket inner(TransportSocket socket, String path, Findings findings) {
        return transport(socket, path, findings)
                .map(ProxyProtocolUpstreamTransport::getTransportSocket)
                .orElse(socket);
    }

    private static Optional<ProxyProtocolUpstreamTransport> transport(
            TransportSocket socket, String path, Findings findings) {
        return Values.unpack(
                socket.getTypedConfig(),
                ProxyProtocolUpstreamTransport.class,
                FieldPaths.join(path, "typed_config"),
                findings);
    }
}
