// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind.credential;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.outrigger.policy.kind.credential.CredentialPolicy;
import dev.outrigger.xds.ir.IrCluster;
import dev.outrigger.xds.kind.UpstreamFilterKind;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.filters.http.credential_injector.v3.CredentialInjector;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.http.injected_credentials.generic.v3.Generic;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.GenericSecret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.util.Optional;

/**
 * {@code credential}: the credential injector among the filters of a cluster, and a secret that
 * says in which file it is. The proxy reads the file; what is sent holds its path and nothing else.
 */
public final class CredentialTranslator implements UpstreamFilterKind {
    /** Of {@code Generic.header_value_prefix}, which Envoy has and the API's classes lack yet. */
    private static final int HEADER_VALUE_PREFIX = 3;

    private static final String NAME = "envoy.filters.http.credential_injector";

    @Override
    public Optional<HttpFilter> filter(IrCluster.Outbound outbound) {
        return outbound.policies()
                .find(CredentialPolicy.class)
                .map(policy ->
                        HttpFilter.newBuilder()
                                .setName(NAME)
                                .setTypedConfig(Any.pack(injector(policy, outbound)))
                                .build());
    }

    /** What the filter of this cluster asks for by name. */
    public static Optional<Secret> secret(IrCluster.Outbound outbound, String name) {
        return outbound.policies()
                .find(CredentialPolicy.class)
                .map(policy ->
                        Secret.newBuilder()
                                .setName(name)
                                .setGenericSecret(
                                        GenericSecret.newBuilder()
                                                .setSecret(
                                                        DataSource.newBuilder()
                                                                .setFilename(policy.file())))
                                .build());
    }

    /** The name of the secret of a cluster. */
    public static String secretName(String cluster) {
        return "credential/" + cluster;
    }

    private static UnknownFieldSet.Field text(String value) {
        return UnknownFieldSet.Field.newBuilder()
                .addLengthDelimited(ByteString.copyFromUtf8(value))
                .build();
    }

    private static CredentialInjector injector(
            CredentialPolicy policy, IrCluster.Outbound outbound) {
        var port = outbound.servicePort();
        var generic =
                Generic.newBuilder()
                        .setCredential(
                                SdsSecretConfig.newBuilder()
                                        .setName(
                                                secretName(
                                                        port.namespace()
                                                                + "/"
                                                                + port.service()
                                                                + "/"
                                                                + port.port()))
                                        .setSdsConfig(
                                                ConfigSource.newBuilder()
                                                        .setAds(
                                                                AggregatedConfigSource
                                                                        .getDefaultInstance())
                                                        .setResourceApiVersion(ApiVersion.V3)))
                        .setHeader(policy.header());
        if (!policy.prefix().isEmpty()) {
            generic.setUnknownFields(
                    UnknownFieldSet.newBuilder()
                            .addField(HEADER_VALUE_PREFIX, text(policy.prefix()))
                            .build());
        }
        return CredentialInjector.newBuilder()
                .setOverwrite(policy.overwrite())
                // Not sent without: the host would answer 401, and nobody would know why.
                .setAllowRequestWithoutCredential(false)
                .setCredential(
                        TypedExtensionConfig.newBuilder()
                                .setName("envoy.http.injected_credentials.generic")
                                .setTypedConfig(Any.pack(generic.build())))
                .build();
    }
}
