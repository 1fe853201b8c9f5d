// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.ByteString;
import dev.outrigger.dataplane.config.SecretConfig;
import dev.outrigger.dataplane.filter.credentialinjector.CredentialInjectorConfig;
import dev.outrigger.dataplane.filter.credentialinjector.CredentialInjectorConfig.Source;
import dev.outrigger.dataplane.message.Ascii;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.filters.http.credential_injector.v3.CredentialInjector;
import io.envoyproxy.envoy.extensions.http.injected_credentials.generic.v3.Generic;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import java.util.List;
import java.util.Optional;

/** {@code envoy.filters.http.credential_injector}. */
final class CredentialInjectorFilterParser {
    /** {@code Generic.header_value_prefix}, which the classes of the API do not have yet. */
    private static final int HEADER_VALUE_PREFIX = 3;

    private static final SupportedFields GENERIC =
            SupportedFields.of(Generic.class)
                    .nested("credential", () -> TlsFields.SECRET_REFERENCE)
                    .obeyedWithNote("header", "as is header_value_prefix, where it comes over xDS")
                    .newer(HEADER_VALUE_PREFIX);

    private static final SupportedFields CREDENTIAL =
            SupportedFields.of(TypedExtensionConfig.class, "injected credential")
                    .noEffect("name", "the type decides")
                    .extension("typed_config", List.of(() -> GENERIC));

    static final HttpFilterType TYPE =
            HttpFilterType.of(
                    "envoy.filters.http.credential_injector",
                    CredentialInjector.class,
                    SupportedFields.of(CredentialInjector.class)
                            .obeyed("overwrite", "allow_request_without_credential")
                            .nested("credential", () -> CREDENTIAL),
                    CredentialInjectorFilterParser::parse);

    private CredentialInjectorFilterParser() {}

    private static CredentialInjectorConfig parse(
            CredentialInjector proto, String path, Findings findings) {
        String typed = FieldPaths.join(path, "credential.typed_config");
        Generic generic =
                Values.unpack(
                                proto.getCredential().getTypedConfig(),
                                Generic.class,
                                typed,
                                findings)
                        .orElseGet(Generic::getDefaultInstance);
        String header = Ascii.lower(generic.getHeader());
        return new CredentialInjectorConfig(
                proto.getOverwrite(),
                proto.getAllowRequestWithoutCredential(),
                header.isEmpty() ? "authorization" : header,
                prefix(generic),
                source(generic.getCredential(), FieldPaths.join(typed, "credential"), findings));
    }

    private static String prefix(Generic proto) {
        List<ByteString> values =
                proto.getUnknownFields().getField(HEADER_VALUE_PREFIX).getLengthDelimitedList();
        return values.isEmpty() ? "" : values.getLast().toStringUtf8();
    }

    private static Source source(SdsSecretConfig proto, String path, Findings findings) {
        if (proto.hasSdsConfig()) {
            Optional<Source> discovered =
                    TlsContextParser.reference(proto, Asker.GENERIC_SECRET, path, findings)
                            .map(Source.Discovered::new);
            return discovered.orElseGet(() -> new Source.Known(new SecretConfig.Generic("")));
        }
        if (findings.context().secrets().get(proto.getName())
                instanceof SecretConfig.Generic secret) {
            return new Source.Known(secret);
        }
        findings.invalid(path, proto.getName(), "Invalid credential secret configuration");
        return new Source.Known(new SecretConfig.Generic(""));
    }
}
