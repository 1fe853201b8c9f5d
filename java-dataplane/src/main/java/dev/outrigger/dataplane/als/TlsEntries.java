// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.als;

import com.google.protobuf.UInt32Value;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.TlsInfo;
import dev.outrigger.dataplane.x509.Certificate;
import dev.outrigger.dataplane.x509.GeneralName;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogCommon;
import io.envoyproxy.envoy.data.accesslog.v3.TLSProperties;
import io.envoyproxy.envoy.data.accesslog.v3.TLSProperties.CertificateProperties;
import io.envoyproxy.envoy.data.accesslog.v3.TLSProperties.CertificateProperties.SubjectAltName;
import io.envoyproxy.envoy.data.accesslog.v3.TLSProperties.TLSVersion;
import org.jspecify.annotations.Nullable;

/** What entries tell of the TLS of the client's connection. Pure. */
final class TlsEntries {
    private TlsEntries() {}

    static void describe(ConnectionInfo connection, AccessLogCommon.Builder common) {
        String name = connection.accepted().requestedServerName();
        if (!name.isEmpty()) {
            common.getTlsPropertiesBuilder().setTlsSniHostname(Utf8.mended(name));
        }
        if (!connection.accepted().ja3().isEmpty()) {
            common.getTlsPropertiesBuilder().setJa3Fingerprint(connection.accepted().ja3());
        }
        TlsInfo tls = connection.tls();
        if (tls == null) {
            return;
        }
        if (!tls.failureReason().isEmpty()) {
            common.setDownstreamTransportFailureReason(tls.failureReason());
        }
        TLSProperties.Builder properties = common.getTlsPropertiesBuilder();
        properties
                .setLocalCertificateProperties(certificate(tls.ownCertificate(), false))
                .setPeerCertificateProperties(certificate(tls.peerCertificate(), true))
                .setTlsSessionId(tls.sessionId())
                .setTlsVersion(version(tls.version()))
                .setTlsCipherSuite(UInt32Value.of(CipherSuites.id(tls.cipher())));
    }

    private static CertificateProperties.Builder certificate(
            @Nullable Certificate certificate, boolean peer) {
        var properties = CertificateProperties.newBuilder();
        if (certificate == null) {
            return properties;
        }
        // Of the other names Envoy says nothing.
        certificate
                .names(GeneralName.Type.URI)
                .forEach(uri ->
                        properties.addSubjectAltName(SubjectAltName.newBuilder().setUri(uri)));
        properties.setSubject(certificate.subject());
        if (peer) {
            properties.setIssuer(certificate.issuer());
        }
        return properties;
    }

    private static TLSVersion version(String text) {
        return switch (text) {
            case "TLSv1" -> TLSVersion.TLSv1;
            case "TLSv1.1" -> TLSVersion.TLSv1_1;
            case "TLSv1.2" -> TLSVersion.TLSv1_2;
            case "TLSv1.3" -> TLSVersion.TLSv1_3;
            default -> TLSVersion.VERSION_UNSPECIFIED;
        };
    }
}
