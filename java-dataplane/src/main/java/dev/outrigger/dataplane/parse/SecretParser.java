// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.SecretConfig;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.GenericSecret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** {@code envoy.extensions.transport_sockets.tls.v3.Secret}, as it comes over SDS. */
public final class SecretParser {
    private static final SupportedFields GENERIC =
            SupportedFields.of(GenericSecret.class)
                    .nested(
                            "secret",
                            DataSources::table,
                            "read when the secret comes, as in Envoy");

    static final SupportedFields SECRET =
            SupportedFields.of(Secret.class)
                    .obeyed("name")
                    .nested("tls_certificate", () -> TlsFields.CERTIFICATE)
                    .nested("session_ticket_keys", () -> TlsFields.TICKET_KEYS)
                    .nested("validation_context", () -> TlsFields.VALIDATION)
                    .nested("generic_secret", () -> GENERIC);

    private SecretParser() {}

    public static Parsed<SecretConfig> parse(Secret given, ParseContext context) {
        var findings = new Findings(context);
        Secret proto = TypedStructs.resolve(given, SECRET, findings);
        findings.checkResource(proto, SECRET);
        if (!findings.isEmpty()) {
            return findings.rejected();
        }
        Optional<SecretConfig> secret =
                parse(proto, findings).map(parsed -> parsed.named(proto.getName()));
        return secret.isPresent() ? findings.result(secret::get) : findings.rejected();
    }

    /**
     * The directories where a replaced file means that the secret's files are to be read again: the
     * {@code watched_directory}, else those of the files.
     */
    public static Set<Path> watchedDirectories(Secret proto) {
        return switch (proto.getTypeCase()) {
            case TLS_CERTIFICATE -> {
                TlsCertificate own = proto.getTlsCertificate();
                yield watched(
                        own.getWatchedDirectory().getPath(),
                        own.getCertificateChain(),
                        own.getPrivateKey(),
                        own.getPkcs12());
            }
            case VALIDATION_CONTEXT -> {
                CertificateValidationContext peer = proto.getValidationContext();
                yield watched(
                        peer.getWatchedDirectory().getPath(), peer.getTrustedCa(), peer.getCrl());
            }
            case SESSION_TICKET_KEYS, GENERIC_SECRET, TYPE_NOT_SET -> Set.of();
        };
    }

    private static Set<Path> watched(String directory, DataSource... sources) {
        var directories = new LinkedHashSet<Path>();
        for (DataSource each : sources) {
            if (each.hasFilename()) {
                Path file = Path.of(directory.isEmpty() ? each.getFilename() : directory);
                Path parent = directory.isEmpty() ? file.toAbsolutePath().getParent() : file;
                if (parent != null) {
                    directories.add(parent);
                }
            }
        }
        return directories;
    }

    /** Unlike those of TLS, a file must be there. */
    private static SecretConfig generic(DataSource source, Findings findings) {
        String path = "generic_secret.secret";
        if (source.hasFilename() && !DataSources.isThere(source.getFilename())) {
            findings.invalid(
                    FieldPaths.join(path, "filename"),
                    source.getFilename(),
                    "Invalid path: " + source.getFilename());
        }
        return new SecretConfig.Generic(DataSources.read(source, path, findings).text());
    }

    private static Optional<SecretConfig> parse(Secret proto, Findings findings) {
        return switch (proto.getTypeCase()) {
            case TLS_CERTIFICATE ->
                    TlsSecretsParser.certificate(
                                    proto.getTlsCertificate(), "tls_certificate", findings)
                            .map(SecretConfig.class::cast);
            case SESSION_TICKET_KEYS ->
                    Optional.of(
                            TlsSecretsParser.ticketKeys(
                                    proto.getSessionTicketKeys(), "session_ticket_keys", findings));
            case VALIDATION_CONTEXT ->
                    Optional.of(
                            PeerValidationParser.parseBase(
                                    proto.getValidationContext(), "validation_context", findings));
            case GENERIC_SECRET ->
                    Optional.of(generic(proto.getGenericSecret().getSecret(), findings));
            case TYPE_NOT_SET -> Optional.of(new SecretConfig.Generic(""));
        };
    }
}
