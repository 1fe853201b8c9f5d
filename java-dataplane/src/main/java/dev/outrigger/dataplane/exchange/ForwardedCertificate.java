// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.config.ForwardingConfig;
import dev.outrigger.dataplane.config.ForwardingConfig.CertificateDetail;
import dev.outrigger.dataplane.config.ForwardingConfig.ClientCertificate;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.SoundHeaders;
import dev.outrigger.dataplane.message.TlsInfo;
import dev.outrigger.dataplane.message.UrlEncoding;
import dev.outrigger.dataplane.x509.Certificate;
import dev.outrigger.dataplane.x509.GeneralName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code x-forwarded-client-cert} (F1, F2). */
final class ForwardedCertificate {
    private static final byte[] COMMA = {','};

    private ForwardedCertificate() {}

    /** Does what the manager says with the header of a request. */
    static void apply(HeaderBlock headers, ForwardingConfig config, @Nullable TlsInfo tls) {
        Certificate peer = tls == null ? null : tls.peerCertificate();
        switch (config.clientCertificate()) {
            case ALWAYS_FORWARD_ONLY -> {}
            case SANITIZE -> headers.remove(KnownHeader.X_FORWARDED_CLIENT_CERT);
            case FORWARD_ONLY -> {
                if (peer == null) {
                    headers.remove(KnownHeader.X_FORWARDED_CLIENT_CERT);
                }
            }
            case APPEND_FORWARD, SANITIZE_SET -> {
                if (tls == null || peer == null) {
                    headers.remove(KnownHeader.X_FORWARDED_CLIENT_CERT);
                    return;
                }
                byte[] element = Ascii.bytes(element(config, tls, peer));
                // Names in certificates may hold anything.
                if (!SoundHeaders.isValue(element)) {
                    headers.doubt();
                }
                if (config.clientCertificate() == ClientCertificate.SANITIZE_SET) {
                    headers.set(KnownHeader.X_FORWARDED_CLIENT_CERT, element);
                } else {
                    RequestMutations.join(
                            headers, KnownHeader.X_FORWARDED_CLIENT_CERT, COMMA, element);
                }
            }
        }
    }

    private static String element(ForwardingConfig config, TlsInfo tls, Certificate peer) {
        var parts = new ArrayList<String>();
        Certificate own = tls.ownCertificate();
        if (own != null) {
            own.names(GeneralName.Type.URI).forEach(uri -> parts.add("By=" + uri));
        }
        parts.add("Hash=" + peer.sha256());
        for (CertificateDetail each : config.certificateDetails()) {
            detail(each, tls, peer, parts);
        }
        return String.join(";", parts);
    }

    private static void detail(
            CertificateDetail detail, TlsInfo tls, Certificate peer, List<String> parts) {
        switch (detail) {
            case CERT -> parts.add("Cert=\"" + UrlEncoding.encode(peer.pem()) + '"');
            case CHAIN -> {
                var chain = new StringBuilder();
                tls.peerChain().forEach(c -> chain.append(UrlEncoding.encode(c.pem())));
                parts.add("Chain=\"" + chain + '"');
            }
            // There even if it is empty.
            case SUBJECT -> parts.add("Subject=\"" + peer.subject() + '"');
            case URI -> {
                List<String> uris = peer.names(GeneralName.Type.URI);
                if (uris.isEmpty()) {
                    parts.add("URI=");
                }
                uris.forEach(uri -> parts.add("URI=" + uri));
            }
            case DNS -> peer.names(GeneralName.Type.DNS).forEach(name -> parts.add("DNS=" + name));
        }
    }
}
