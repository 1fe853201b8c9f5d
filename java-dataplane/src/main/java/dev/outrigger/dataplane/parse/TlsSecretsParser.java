// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.CommonTlsConfig.CertificateConfig;
import dev.outrigger.dataplane.config.DownstreamTlsConfig.SessionTicketKeys;
import dev.outrigger.dataplane.parse.DataSources.Content;
import dev.outrigger.dataplane.x509.CertificateChain;
import dev.outrigger.dataplane.x509.LoadException;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsSessionTicketKeys;
import java.util.ArrayList;
import java.util.Optional;

/** Own certificates with their keys, and the keys of session tickets. */
final class TlsSecretsParser {
    private TlsSecretsParser() {}

    /** Reports what is wrong in Envoy's words. */
    static Optional<CertificateConfig> certificate(
            TlsCertificate proto, String path, Findings findings) {
        Content chain = read(proto.getCertificateChain(), path, "certificate_chain", findings);
        Content key = read(proto.getPrivateKey(), path, "private_key", findings);
        String password = read(proto.getPassword(), path, "password", findings).text();
        try {
            if (proto.hasPkcs12()) {
                return Optional.of(pkcs12(proto, password, path, findings));
            }
            if (chain.isEmpty()) {
                throw new LoadException(
                        "Failed to load incomplete certificate from "
                                + chain.name()
                                + ": certificate chain not set");
            }
            if (key.isEmpty()) {
                throw new LoadException(
                        "Failed to load incomplete private key from path: " + key.name());
            }
            return Optional.of(
                    new CertificateConfig(
                            CertificateChain.parse(
                                    chain.bytes(), chain.name(), key.bytes(), key.name(), password),
                            chain.name(),
                            ""));
        } catch (LoadException e) {
            findings.invalid(path, "", String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private static CertificateConfig pkcs12(
            TlsCertificate proto, String password, String path, Findings findings)
            throws LoadException {
        String both = "Certificate configuration can't have both pkcs12 and ";
        if (proto.hasPrivateKey() && !proto.hasCertificateChain()) {
            throw new LoadException(both + "private_key");
        }
        if (proto.hasCertificateChain()) {
            throw new LoadException(both + "certificate_chain");
        }
        Content file = read(proto.getPkcs12(), path, "pkcs12", findings);
        return new CertificateConfig(
                CertificateChain.parsePkcs12(file.bytes(), file.name(), password), file.name(), "");
    }

    private static Content read(
            io.envoyproxy.envoy.config.core.v3.DataSource source,
            String path,
            String field,
            Findings findings) {
        return DataSources.read(source, FieldPaths.join(path, field), findings);
    }

    static SessionTicketKeys ticketKeys(
            TlsSessionTicketKeys proto, String path, Findings findings) {
        var keys = new ArrayList<byte[]>();
        for (int i = 0; i < proto.getKeysCount(); i++) {
            String at = FieldPaths.index(FieldPaths.join(path, "keys"), i);
            byte[] key = DataSources.read(proto.getKeys(i), at, findings).bytes();
            if (key.length != SessionTicketKeys.KEY_BYTES) {
                findings.invalid(
                        at,
                        key.length + " bytes",
                        "Incorrect TLS session ticket key length. Length "
                                + key.length
                                + ", expected length "
                                + SessionTicketKeys.KEY_BYTES
                                + ".");
            }
            keys.add(key);
        }
        return new SessionTicketKeys(keys);
    }
}
