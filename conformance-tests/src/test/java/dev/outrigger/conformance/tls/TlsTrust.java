// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.tls;

import dev.outrigger.conformance.stage.Identities;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Peers that are known by what they are rather than by who signed them, and known again. */
final class TlsTrust {
    /** Each asks for a certificate, and what it makes of it is its name. */
    static final List<String> LISTENERS = List.of("hash", "key", "either", "both", "combined");

    /** Those that clients come to twice. */
    static final List<String> RESUMING = List.of("again", "no-tickets", "never-again");

    private TlsTrust() {}

    /** What the listeners say beside their certificate. */
    static Map<String, String> listeners(Identities identities, Path place) throws IOException {
        var all = new LinkedHashMap<String, String>();
        String wrong = "00".repeat(32);
        String hash = hash(identities, "client");
        String key = key(identities, "client");
        all.put("hash", context("verify_certificate_hash: [\"" + hash + "\"]"));
        all.put("key", context("verify_certificate_spki: [\"" + key + "\"]"));
        all.put(
                "either",
                context(
                        "verify_certificate_hash: [\""
                                + wrong
                                + "\"], verify_certificate_spki: [\""
                                + key
                                + "\"]"));
        all.put(
                "both",
                context(
                        "trusted_ca: {filename: CA}, verify_certificate_hash: [\""
                                + hash(identities, "stranger")
                                + "\", \""
                                + hash
                                + "\"]"));
        // What comes is put over what is there.
        Path secret = place.resolve("trust.yaml");
        Files.writeString(
                secret,
                "resources: [{\"@type\": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret,"
                        + " name: trust, validation_context: {match_typed_subject_alt_names:"
                        + " [{san_type: URI, matcher: {exact: \"spiffe://td/client\"}}]}}]\n");
        all.put(
                "combined",
                "combined_validation_context: {default_validation_context: {trusted_ca:"
                        + " {filename: CA}, match_typed_subject_alt_names: [{san_type: URI,"
                        + " matcher: {exact: \"spiffe://td/other\"}}]},"
                        + " validation_context_sds_secret_config: {name: trust, sds_config:"
                        + " {resource_api_version: V3, path_config_source: {path: "
                        + secret
                        + "}}}}");
        return all;
    }

    private static String context(String says) {
        return "validation_context: {" + says + "}";
    }

    /** Trust in one certificate only. */
    static String pinned(Identities identities, String who) {
        return context("verify_certificate_hash: [\"" + hash(identities, who) + "\"]");
    }

    /** What a listener says of sessions. */
    static String resumption(String listener) {
        return switch (listener) {
            case "no-tickets" -> ", disable_stateless_session_resumption: true";
            case "never-again" ->
                    ", disable_stateless_session_resumption: true,"
                            + " disable_stateful_session_resumption: true";
            default -> "";
        };
    }

    private static String hash(Identities identities, String who) {
        try {
            return HexFormat.of().formatHex(sha256(certificate(identities, who).getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String key(Identities identities, String who) {
        byte[] key = certificate(identities, who).getPublicKey().getEncoded();
        return Base64.getEncoder().encodeToString(sha256(key));
    }

    private static X509Certificate certificate(Identities identities, String who) {
        return identities.of(who).getCertificate();
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
