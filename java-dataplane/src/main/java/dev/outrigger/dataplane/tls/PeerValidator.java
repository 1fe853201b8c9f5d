// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import dev.outrigger.dataplane.config.PeerValidationConfig;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.x509.Certificate;
import dev.outrigger.dataplane.x509.ChainFault;
import dev.outrigger.dataplane.x509.ChainVerifier;
import dev.outrigger.dataplane.x509.ChainVerifier.Outcome;
import dev.outrigger.dataplane.x509.GeneralName;
import dev.outrigger.dataplane.x509.TrustStore;
import java.security.cert.CertificateException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides about a peer's certificates as Envoy's default and SPIFFE validators do (TL3, TL4, MT3).
 * Immutable; any thread, counting in the caller's shard.
 */
final class PeerValidator {
    private static final String SPIFFE_SCHEME = "spiffe://";

    /** From this number the alert {@code certificate_unknown} follows. */
    private static final int NOT_ACCEPTED = ChainFault.PERMITTED_VIOLATION.code();

    /** BoringSSL's own limit. */
    private static final int NO_DEPTH_LIMIT = 100;

    /** What was found. */
    enum Status {
        NOT_VALIDATED,
        VALIDATED,
        FAILED
    }

    /**
     * The decision.
     *
     * @param accepted whether the connection goes on
     * @param code BoringSSL's number for the refusal, from which the alert follows; 0 when accepted
     * @param detail for the failure reason; empty when accepted
     * @param before what BoringSSL reports before the refusal itself; mostly nothing
     * @param chain to what is trusted; empty where nothing was verified
     */
    record Result(
            boolean accepted,
            Status status,
            int code,
            String detail,
            String before,
            List<Certificate> chain) {
        Result {
            chain = List.copyOf(chain);
        }
    }

    private final PeerValidationConfig config;
    private final TlsStats stats;
    private final InstantSource clock;
    private final @Nullable ChainVerifier verifier;
    private final Map<String, ChainVerifier> spiffe = new TreeMap<>();
    private final List<SanMatcher> names;

    /**
     * @param ofClients whether peers are clients
     */
    PeerValidator(
            PeerValidationConfig config, boolean ofClients, TlsStats stats, InstantSource clock) {
        this.config = config;
        this.stats = stats;
        this.clock = clock;
        var options =
                new ChainVerifier.Options(
                        ofClients ? ChainVerifier.Purpose.CLIENT : ChainVerifier.Purpose.SERVER,
                        // The field counts the trusted certificate, BoringSSL does not. Only
                        // servers have the limit, as in Envoy.
                        ofClients && config.maxVerifyDepth().isPresent()
                                ? Math.max(0, config.maxVerifyDepth().getAsInt() - 1)
                                : NO_DEPTH_LIMIT,
                        !config.allowExpired(),
                        config.onlyVerifyLeafCrl());
        this.verifier =
                config.trusted()
                        .map(store -> new ChainVerifier(store, config.revoked(), options))
                        .orElse(null);
        config.spiffe()
                .forEach((domain, store) ->
                        spiffe.put(domain, new ChainVerifier(store, config.revoked(), options)));
        this.names = config.subjectAltNames().stream().map(SanMatcher::new).toList();
    }

    /** Whether a peer must send a certificate, beyond being asked for one. */
    boolean needsCertificate() {
        return !config.acceptUntrusted()
                && (!config.subjectAltNames().isEmpty()
                        || !config.certificateHashes().isEmpty()
                        || !config.publicKeyHashes().isEmpty()
                        || !spiffe.isEmpty());
    }

    /** Whether a peer is asked for a certificate at all. */
    boolean asksForCertificate() {
        return verifier != null || config.acceptUntrusted() || needsCertificate();
    }

    /** The certificates whose names clients are told; empty for none. */
    String authoritiesPem() {
        var all = new ArrayList<TrustStore>();
        config.trusted().ifPresent(all::add);
        all.addAll(config.spiffe().values());
        var text = new StringBuilder();
        all.forEach(store -> text.append(store.pem()));
        return text.toString();
    }

    /**
     * @param serverName what the certificate must be for; empty: the configured names decide
     * @param anyName of which the certificate must have one, whatever is configured; empty: none
     */
    Result validate(
            List<Certificate> presented,
            String serverName,
            List<String> anyName,
            StatsShard shard) {
        if (presented.isEmpty()) {
            shard.inc(stats.failVerifyError);
            return refused(NOT_ACCEPTED, "verify cert failed: empty cert chain");
        }
        List<Certificate> chain = List.of();
        Status status = Status.NOT_VALIDATED;
        if (!spiffe.isEmpty() && !presented.getFirst().isForUsersOnly()) {
            shard.inc(stats.failVerifyError);
            return refused(NOT_ACCEPTED, "verify cert failed: cert precheck");
        }
        ChainVerifier chosen = spiffe.isEmpty() ? verifier : spiffeVerifier(presented.getFirst());
        if (!spiffe.isEmpty() && chosen == null) {
            shard.inc(stats.failVerifyError);
            return refused(NOT_ACCEPTED, "verify cert failed: no trust bundle store");
        }
        if (chosen != null) {
            switch (chosen.verify(presented, clock.instant())) {
                case Outcome.Trusted(var trusted) -> {
                    chain = trusted;
                    status = Status.VALIDATED;
                }
                case Outcome.Untrusted(ChainFault error, int depth, String text, String before) -> {
                    shard.inc(stats.failVerifyError);
                    if (config.acceptUntrusted()) {
                        return new Result(true, Status.FAILED, 0, "", "", List.of());
                    }
                    return refused(
                            error.code(),
                            "verify cert failed: X509_verify_cert: certificate verification error"
                                    + " at depth "
                                    + depth
                                    + ": "
                                    + text,
                            before);
                }
            }
        }
        Result more = leaf(presented.getFirst(), serverName, anyName, shard);
        if (more.status() != Status.NOT_VALIDATED) {
            status = more.status();
        }
        boolean good =
                chosen == null ? more.status() == Status.VALIDATED : more.status() != Status.FAILED;
        return good || config.acceptUntrusted() ? new Result(true, status, 0, "", "", chain) : more;
    }

    private static Result refused(int code, String detail) {
        return refused(code, detail, "");
    }

    private static Result refused(int code, String detail, String before) {
        return new Result(false, Status.FAILED, code, detail, before, List.of());
    }

    /** Names and pins of the peer's own certificate. */
    private Result leaf(
            Certificate own, String serverName, List<String> anyName, StatsShard shard) {
        boolean validated = false;
        if (!anyName.isEmpty()) {
            if (anyName.stream().noneMatch(name -> hasName(own, name))) {
                shard.inc(stats.failVerifySan);
                return refused(
                        NOT_ACCEPTED,
                        "verify cert failed: verify SAN list, expected SANs: ["
                                + String.join(", ", anyName)
                                + "], certificate SANs: ["
                                + names(own)
                                + "]");
            }
            validated = true;
        }
        boolean byServerName = anyName.isEmpty() && !serverName.isEmpty();
        if (byServerName || !names.isEmpty()) {
            boolean fits =
                    byServerName
                            ? own.names(GeneralName.Type.DNS).stream()
                                    .anyMatch(n -> SanMatcher.dnsNameMatches(serverName, n))
                            : names.stream()
                                    .anyMatch(m -> own.names().stream().anyMatch(m::matches));
            if (!fits) {
                shard.inc(stats.failVerifySan);
                return refused(
                        NOT_ACCEPTED,
                        "verify cert failed: SAN matcher, certificate SANs are ["
                                + names(own)
                                + "]");
            }
            validated = true;
        }
        if (!config.certificateHashes().isEmpty() || !config.publicKeyHashes().isEmpty()) {
            boolean pinned =
                    config.certificateHashes().contains(own.sha256())
                            || config.publicKeyHashes()
                                    .contains(HexFormat.of().formatHex(own.spkiSha256()));
            if (!pinned) {
                shard.inc(stats.failVerifyCertHash);
                return refused(NOT_ACCEPTED, "verify cert failed: cert hash and spki");
            }
            validated = true;
        }
        return new Result(
                true, validated ? Status.VALIDATED : Status.NOT_VALIDATED, 0, "", "", List.of());
    }

    private static boolean hasName(Certificate own, String name) {
        return own.names().stream()
                .anyMatch(n ->
                        n.type() == GeneralName.Type.DNS
                                ? SanMatcher.dnsNameMatches(name, n.text())
                                : n.text().equals(name));
    }

    private static String names(Certificate own) {
        return String.join(
                ", ",
                own.names().stream()
                        .filter(n -> n.type() != GeneralName.Type.UNSUPPORTED)
                        .map(GeneralName::text)
                        .toList());
    }

    /** The verifier of the trust domain the certificate says it is of. */
    private @Nullable ChainVerifier spiffeVerifier(Certificate own) {
        for (String uri : own.names(GeneralName.Type.URI)) {
            if (uri.startsWith(SPIFFE_SCHEME)) {
                int end = uri.indexOf('/', SPIFFE_SCHEME.length());
                return spiffe.get(
                        end < 0
                                ? uri.substring(SPIFFE_SCHEME.length())
                                : uri.substring(SPIFFE_SCHEME.length(), end));
            }
        }
        return null;
    }

    /** The certificates a peer sent, read; empty where one of them is none. */
    static List<Certificate> read(byte[][] encoded) {
        var all = new ArrayList<Certificate>(encoded.length);
        try {
            for (byte[] each : encoded) {
                all.add(Certificate.of(each));
            }
        } catch (CertificateException e) {
            return List.of();
        }
        return all;
    }
}
