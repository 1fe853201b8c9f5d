// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import dev.outrigger.conformance.exchange.Transport;
import java.util.List;

/** The transport sockets of proxies where connections are encrypted. */
final class Tls {
    private static final String PACKAGE = "envoy.extensions.transport_sockets.tls.v3.";
    private static final Message CERTIFICATE =
            new Message()
                    .need("certificate_chain", file("certificate.server"))
                    .need("private_key", file("key.server"));

    private Tls() {}

    /** Shows the server's certificate and agrees to the protocol. */
    static Message server(Transport transport) {
        var context =
                Message.typed(PACKAGE + "DownstreamTlsContext")
                        .need(
                                "common_tls_context",
                                common(transport)
                                        .need(
                                                "tls_certificates",
                                                Message.items(1, List.of(CERTIFICATE))));
        return socket(context);
    }

    /** Trusts the tests' authority and nobody else. */
    static Message client(Transport transport) {
        var context =
                Message.typed(PACKAGE + "UpstreamTlsContext")
                        .need("sni", "server.example.com")
                        .need(
                                "common_tls_context",
                                common(transport)
                                        .need(
                                                "validation_context",
                                                new Message()
                                                        .need(
                                                                "trusted_ca",
                                                                file("certificate.ca"))));
        return socket(context);
    }

    private static Message common(Transport transport) {
        var protocol = transport.isHttp2() ? "h2" : "http/1.1";
        return new Message().need("alpn_protocols", Message.items(1, List.of(protocol)));
    }

    private static Message socket(Message context) {
        return new Message()
                .need("name", "envoy.transport_sockets.tls")
                .need("typed_config", context);
    }

    private static Message file(String placeholder) {
        return new Message().need("filename", "${" + placeholder + "}");
    }
}
