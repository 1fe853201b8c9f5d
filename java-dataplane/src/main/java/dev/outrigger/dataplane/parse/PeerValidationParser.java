// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.PeerValidationConfig;
import dev.outrigger.dataplane.config.PeerValidationConfig.SanMatch;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.parse.DataSources.Content;
import dev.outrigger.dataplane.x509.GeneralName;
import dev.outrigger.dataplane.x509.LoadException;
import dev.outrigger.dataplane.x509.RevocationLists;
import dev.outrigger.dataplane.x509.TrustStore;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext.TrustChainVerification;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code CertificateValidationContext} to {@link PeerValidationConfig} (TL3, TL4, MT3). */
@SuppressWarnings("deprecation") // match_subject_alt_names
final class PeerValidationParser {
    private static final int HASH_BYTES = 32;
    private static final int COLON_SEPARATED_HASH_CHARS = 95;

    private final CertificateValidationContext proto;
    private final String path;
    private final Findings findings;
    private boolean withoutTrusted;

    private PeerValidationParser(
            CertificateValidationContext proto, String path, Findings findings) {
        this.proto = proto;
        this.path = path;
        this.findings = findings;
    }

    /** One that stands alone. */
    static PeerValidationConfig parse(
            CertificateValidationContext proto, String path, Findings findings) {
        var parser = new PeerValidationParser(proto, path, findings);
        PeerValidationConfig parsed = parser.parse();
        if (parser.withoutTrusted) {
            parsed.fault().ifPresent(fault -> findings.invalid(path, "", fault));
        }
        return parsed;
    }

    /** One that a secret adds to, and that may be of no use without. */
    static PeerValidationConfig parseBase(
            CertificateValidationContext proto, String path, Findings findings) {
        return new PeerValidationParser(proto, path, findings).parse();
    }

    private PeerValidationConfig parse() {
        Content ca = read("trusted_ca", proto.getTrustedCa());
        Content crl = read("crl", proto.getCrl());
        withoutTrusted = ca.isEmpty();
        if (proto.getTrustedCa().hasFilename() && ca.isEmpty()) {
            withoutTrusted = false;
            invalid("trusted_ca", "file " + ca.name() + " is empty");
        } else if (ca.isEmpty() && !crl.isEmpty()) {
            withoutTrusted = false;
            invalid("crl", "Failed to load CRL from " + crl.name() + " without trusted CA");
        }
        Optional<TrustStore> trusted = Optional.empty();
        RevocationLists revoked = RevocationLists.NONE;
        String reading = "trusted_ca";
        try {
            if (!ca.isEmpty()) {
                trusted = Optional.of(TrustStore.parse(ca.bytes(), ca.name()));
                reading = "crl";
                revoked = RevocationLists.parse(crl.bytes(), crl.name());
            }
        } catch (LoadException e) {
            invalid(reading, String.valueOf(e.getMessage()));
        }
        return new PeerValidationConfig(
                trusted,
                ca.name(),
                "",
                revoked,
                names(),
                hashes(),
                publicKeys(),
                proto.getAllowExpiredCertificate(),
                proto.getTrustChainVerification() == TrustChainVerification.ACCEPT_UNTRUSTED,
                proto.getOnlyVerifyLeafCertCrl(),
                proto.hasMaxVerifyDepth()
                        ? OptionalInt.of(Values.clamp(proto.getMaxVerifyDepth()))
                        : OptionalInt.empty(),
                spiffe());
    }

    private Content read(String field, io.envoyproxy.envoy.config.core.v3.DataSource source) {
        return DataSources.read(source, FieldPaths.join(path, field), findings);
    }

    private void invalid(String field, String reason) {
        findings.invalid(FieldPaths.join(path, field), "", reason);
    }

    private List<SanMatch> names() {
        var all = new ArrayList<SanMatch>();
        for (int i = 0; i < proto.getMatchTypedSubjectAltNamesCount(); i++) {
            SubjectAltNameMatcher each = proto.getMatchTypedSubjectAltNames(i);
            String at = FieldPaths.index(FieldPaths.join(path, "match_typed_subject_alt_names"), i);
            var match =
                    RouteMatchParser.string(
                            each.getMatcher(), FieldPaths.join(at, "matcher"), findings);
            GeneralName.Type type =
                    switch (each.getSanType()) {
                        case EMAIL -> GeneralName.Type.EMAIL;
                        case DNS -> GeneralName.Type.DNS;
                        case URI -> GeneralName.Type.URI;
                        case IP_ADDRESS -> GeneralName.Type.IP_ADDRESS;
                        case OTHER_NAME -> GeneralName.Type.OTHER_NAME;
                        case SAN_TYPE_UNSPECIFIED, UNRECOGNIZED -> GeneralName.Type.UNSUPPORTED;
                    };
            if (type == GeneralName.Type.OTHER_NAME && each.getOid().isEmpty()) {
                findings.invalid(
                        FieldPaths.join(at, "oid"),
                        "",
                        "Failed to create SAN matcher for OTHER_NAME with OID: " + each.getOid());
            }
            all.add(
                    new SanMatch(
                            type, type == GeneralName.Type.OTHER_NAME ? each.getOid() : "", match));
        }
        // The old field, which the typed one replaces, is for any of these kinds.
        if (all.isEmpty()) {
            for (int i = 0; i < proto.getMatchSubjectAltNamesCount(); i++) {
                var match =
                        RouteMatchParser.string(
                                proto.getMatchSubjectAltNames(i),
                                FieldPaths.index(
                                        FieldPaths.join(path, "match_subject_alt_names"), i),
                                findings);
                for (GeneralName.Type type :
                        List.of(
                                GeneralName.Type.DNS,
                                GeneralName.Type.URI,
                                GeneralName.Type.EMAIL,
                                GeneralName.Type.IP_ADDRESS)) {
                    all.add(new SanMatch(type, "", match));
                }
            }
        }
        return all;
    }

    private List<String> hashes() {
        var all = new ArrayList<String>();
        for (int i = 0; i < proto.getVerifyCertificateHashCount(); i++) {
            String text = proto.getVerifyCertificateHash(i);
            String hex = text.length() == COLON_SEPARATED_HASH_CHARS ? text.replace(":", "") : text;
            if (!isHash(hex)) {
                findings.invalid(
                        FieldPaths.index(FieldPaths.join(path, "verify_certificate_hash"), i),
                        text,
                        "Invalid hex-encoded SHA-256 " + hex);
            }
            all.add(Ascii.lower(hex));
        }
        return all;
    }

    private static boolean isHash(String hex) {
        try {
            return HexFormat.of().parseHex(hex).length == HASH_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private List<String> publicKeys() {
        var all = new ArrayList<String>();
        for (int i = 0; i < proto.getVerifyCertificateSpkiCount(); i++) {
            String text = proto.getVerifyCertificateSpki(i);
            byte[] hash;
            try {
                hash = Base64.getDecoder().decode(text);
            } catch (IllegalArgumentException e) {
                hash = new byte[0];
            }
            if (hash.length != HASH_BYTES) {
                findings.invalid(
                        FieldPaths.index(FieldPaths.join(path, "verify_certificate_spki"), i),
                        text,
                        "Invalid base64-encoded SHA-256 " + text);
            }
            all.add(HexFormat.of().formatHex(hash));
        }
        return all;
    }

    private Map<String, TrustStore> spiffe() {
        if (!proto.hasCustomValidatorConfig()) {
            return Map.of();
        }
        String at = FieldPaths.join(path, "custom_validator_config.typed_config");
        var config =
                Values.unpack(
                        proto.getCustomValidatorConfig().getTypedConfig(),
                        SPIFFECertValidatorConfig.class,
                        at,
                        findings);
        var stores = new LinkedHashMap<String, TrustStore>();
        for (var domain :
                config.map(SPIFFECertValidatorConfig::getTrustDomainsList).orElse(List.of())) {
            if (stores.containsKey(domain.getName())) {
                findings.invalid(
                        FieldPaths.join(at, "trust_domains"),
                        domain.getName(),
                        "Multiple trust bundles are given for one trust domain for "
                                + domain.getName());
                continue;
            }
            Content bundle =
                    DataSources.read(
                            domain.getTrustBundle(),
                            FieldPaths.join(at, "trust_domains.trust_bundle"),
                            findings);
            try {
                stores.put(domain.getName(), TrustStore.parse(bundle.bytes(), bundle.name()));
            } catch (LoadException e) {
                findings.invalid(
                        FieldPaths.join(at, "trust_domains"),
                        domain.getName(),
                        "Failed to load trusted CA certificate for " + domain.getName());
            }
        }
        return stores;
    }
}
