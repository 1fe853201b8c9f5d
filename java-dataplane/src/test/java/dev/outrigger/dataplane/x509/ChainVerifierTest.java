// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.x509;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.outrigger.dataplane.x509.ChainVerifier.Outcome;
import dev.outrigger.dataplane.x509.ChainVerifier.Purpose;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.KeyUsage;
import io.netty.pkitesting.X509Bundle;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Generated chains: nothing that Java's own validator refuses is ever trusted. */
class ChainVerifierTest {
    private static final int CHAINS = 400;
    private static final long SEED = 20_261_121;
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    /** Permits DNS names under example.com only. */
    private static final String EXAMPLE_COM_ONLY = "3011a00f300d820b6578616d706c652e636f6d";

    private final Random random = new Random(SEED);
    private final List<KeyPair> keys = new ArrayList<>();

    /** A chain as a peer sends it, and what is trusted. */
    private record Generated(List<X509Certificate> presented, X509Certificate root) {}

    @Test
    void trustsNothingThatJavaRefuses() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        for (int i = 0; i < 6; i++) {
            keys.add(generator.generateKeyPair());
        }
        int trusted = 0;
        int refused = 0;

        for (int i = 0; i < CHAINS; i++) {
            Generated chain = generate();
            Outcome outcome = verify(chain);
            switch (outcome) {
                case Outcome.Trusted(var path) -> {
                    trusted++;
                    assertThatCode(() -> validate(path))
                            .as("chain %s of seed %s: %s", i, SEED, chain.presented())
                            .doesNotThrowAnyException();
                }
                case Outcome.Untrusted _ -> refused++;
            }
        }

        assertThat(trusted).isGreaterThan(CHAINS / 10);
        assertThat(refused).isGreaterThan(CHAINS / 10);
    }

    private static Outcome verify(Generated chain) throws Exception {
        var presented = new ArrayList<Certificate>();
        for (X509Certificate each : chain.presented()) {
            presented.add(Certificate.of(each.getEncoded()));
        }
        String pem = Certificate.of(chain.root().getEncoded()).pem();
        TrustStore store = TrustStore.parse(pem.getBytes(StandardCharsets.US_ASCII), "<inline>");
        return new ChainVerifier(
                        store,
                        RevocationLists.NONE,
                        new ChainVerifier.Options(Purpose.SERVER, 100, true, false))
                .verify(presented, NOW);
    }

    /** The last one is what is trusted. */
    private static void validate(List<Certificate> path) throws Exception {
        var below = new ArrayList<X509Certificate>();
        path.subList(0, path.size() - 1).forEach(each -> below.add(each.parsed()));
        var parameters = new PKIXParameters(Set.of(new TrustAnchor(path.getLast().parsed(), null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(NOW));
        var _ =
                CertPathValidator.getInstance("PKIX")
                        .validate(
                                CertificateFactory.getInstance("X.509").generateCertPath(below),
                                parameters);
    }

    private Generated generate() throws Exception {
        int intermediates = random.nextInt(4);
        X509Bundle root = authority("CN=root", 0).buildSelfSigned();
        var made = new ArrayList<X509Bundle>();
        X509Bundle issuer = root;
        for (int i = 1; i <= intermediates; i++) {
            issuer = issued(authority("CN=between " + i, i), issuer);
            made.addFirst(issuer);
        }
        made.addFirst(issued(leaf(), issuer));
        var presented = new ArrayList<X509Certificate>();
        made.forEach(each -> presented.add(each.getCertificate()));
        if (rarely()) {
            Collections.shuffle(presented.subList(1, presented.size()), random);
        }
        if (rarely() && presented.size() > 1) {
            presented.remove(1 + random.nextInt(presented.size() - 1));
        }
        return new Generated(presented, root.getCertificate());
    }

    /** Rarely by someone else who has the issuer's name. */
    private X509Bundle issued(CertificateBuilder builder, X509Bundle issuer) throws Exception {
        if (!rarely()) {
            return builder.buildIssuedBy(issuer);
        }
        return builder.buildIssuedBy(
                authority(issuer.getCertificate().getSubjectX500Principal().getName(), 5)
                        .setIsCertificateAuthority(true)
                        .buildSelfSigned());
    }

    private CertificateBuilder authority(String subject, int key) {
        CertificateBuilder builder =
                new CertificateBuilder()
                        .keyPair(keys.get(key))
                        .subject(subject)
                        // The builder signs only as an authority; the others are trusted as one.
                        .setIsCertificateAuthority(true);
        time(builder);
        if (rarely()) {
            builder.setPathLengthConstraint(OptionalInt.of(random.nextInt(3)));
        }
        if (rarely()) {
            builder.setKeyUsage(true, KeyUsage.digitalSignature);
        } else if (random.nextBoolean()) {
            builder.setKeyUsage(true, KeyUsage.keyCertSign);
        }
        if (rarely()) {
            builder.addExtensionOctetString(
                    "2.5.29.30", true, HexFormat.of().parseHex(EXAMPLE_COM_ONLY));
        }
        odd(builder);
        return builder;
    }

    private CertificateBuilder leaf() {
        CertificateBuilder builder =
                new CertificateBuilder()
                        .keyPair(keys.get(4))
                        .subject("CN=leaf")
                        .addSanDnsName(random.nextBoolean() ? "a.example.com" : "a.example.org");
        time(builder);
        if (random.nextBoolean()) {
            builder.addExtendedKeyUsageServerAuth();
        } else if (rarely()) {
            builder.addExtendedKeyUsageCodeSigning();
        }
        odd(builder);
        return builder;
    }

    /** An extension nobody knows. */
    private void odd(CertificateBuilder builder) {
        if (random.nextInt(40) == 0) {
            builder.addExtensionOctetString("1.2.3.4.5", random.nextBoolean(), new byte[] {5, 0});
        }
    }

    private void time(CertificateBuilder builder) {
        Duration before = Duration.ofDays(rarely() ? -1 : 10);
        Duration after = Duration.ofDays(rarely() ? -5 : 10);
        builder.notBefore(NOW.minus(before)).notAfter(NOW.plus(after));
    }

    private boolean rarely() {
        return random.nextInt(16) == 0;
    }
}
