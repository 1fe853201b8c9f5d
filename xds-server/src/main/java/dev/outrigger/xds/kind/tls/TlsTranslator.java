// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind.tls;

import com.google.protobuf.Any;
import dev.outrigger.policy.kind.tls.TlsPolicy;
import dev.outrigger.policy.kind.tls.TlsPolicy.SubjectAltName;
import dev.outrigger.policy.kind.tls.TlsPolicy.Trusted;
import dev.outrigger.policy.kind.tls.TlsPolicy.Version;
import dev.outrigger.xds.ir.IrCluster;
import dev.outrigger.xds.kind.ClusterKind;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.List;

/** {@code tls}: the {@code transport_socket} of a cluster. */
public final class TlsTranslator implements ClusterKind {
    private static final String NAME = "envoy.transport_sockets.tls";

    /** Where Debian and its kin, Alpine and container images without a system have them. */
    private static final String SYSTEM_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt";

    @Override
    public void translate(IrCluster.Outbound outbound, Cluster.Builder cluster) {
        outbound.policies()
                .find(TlsPolicy.class)
                .ifPresent(policy ->
                        cluster.setTransportSocket(
                                TransportSocket.newBuilder()
                                        .setName(NAME)
                                        .setTypedConfig(Any.pack(context(policy)))));
    }

    private static UpstreamTlsContext context(TlsPolicy policy) {
        var common =
                CommonTlsContext.newBuilder()
                        .setValidationContext(validation(policy))
                        .addAllAlpnProtocols(policy.alpn());
        if (policy.minVersion().isPresent() || policy.maxVersion().isPresent()) {
            var parameters = TlsParameters.newBuilder();
            policy.minVersion()
                    .ifPresent(min -> parameters.setTlsMinimumProtocolVersion(version(min)));
            policy.maxVersion()
                    .ifPresent(max -> parameters.setTlsMaximumProtocolVersion(version(max)));
            common.setTlsParams(parameters);
        }
        policy.clientCertificate()
                .ifPresent(client ->
                        common.addTlsCertificates(
                                TlsCertificate.newBuilder()
                                        .setCertificateChain(file(client.certificateFile()))
                                        .setPrivateKey(file(client.privateKeyFile()))));
        return UpstreamTlsContext.newBuilder()
                .setSni(policy.hostname())
                .setCommonTlsContext(common)
                .build();
    }

    private static CertificateValidationContext validation(TlsPolicy policy) {
        var validation = CertificateValidationContext.newBuilder();
        validation.setTrustedCa(
                file(
                        switch (policy.trusted()) {
                            case Trusted.File(var path) -> path;
                            case Trusted.OperatingSystem() -> SYSTEM_AUTHORITIES;
                        }));
        var names =
                policy.subjectAltNames().isEmpty()
                        ? List.<SubjectAltName>of(new SubjectAltName.Hostname(policy.hostname()))
                        : policy.subjectAltNames();
        names.forEach(name -> validation.addMatchTypedSubjectAltNames(matcher(name)));
        return validation.build();
    }

    private static SubjectAltNameMatcher matcher(SubjectAltName name) {
        var matcher = SubjectAltNameMatcher.newBuilder();
        return switch (name) {
            case SubjectAltName.Hostname(var text) ->
                    matcher.setSanType(SubjectAltNameMatcher.SanType.DNS)
                            .setMatcher(exact(text))
                            .build();
            case SubjectAltName.Uri(var text) ->
                    matcher.setSanType(SubjectAltNameMatcher.SanType.URI)
                            .setMatcher(exact(text))
                            .build();
        };
    }

    private static StringMatcher exact(String text) {
        return StringMatcher.newBuilder().setExact(text).build();
    }

    private static TlsParameters.TlsProtocol version(Version version) {
        return switch (version) {
            case TLS_1_2 -> TlsParameters.TlsProtocol.TLSv1_2;
            case TLS_1_3 -> TlsParameters.TlsProtocol.TLSv1_3;
        };
    }

    private static DataSource file(String path) {
        return DataSource.newBuilder().setFilename(path).build();
    }
}
