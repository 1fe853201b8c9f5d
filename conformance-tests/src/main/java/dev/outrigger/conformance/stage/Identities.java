// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Who takes part: certificates of one test run, each with its key in files of its own. */
public final class Identities {
    private final Path folder;
    private final Map<String, X509Bundle> bundles = new LinkedHashMap<>();

    /** Makes all of them; some hundred milliseconds. */
    public Identities(Path folder) throws Exception {
        this.folder = folder;
        X509Bundle authority = add("ca", authority("CN=Test CA, O=Outrigger").buildSelfSigned());
        X509Bundle other = add("other-ca", authority("CN=Other CA").buildSelfSigned());
        X509Bundle between =
                add("between", authority("CN=Between, O=Outrigger").buildIssuedBy(authority));
        add(
                "server",
                leaf("server")
                        .addSanDnsName("server.example.com")
                        .addSanDnsName("a.wild.example.com")
                        .addSanUriName("spiffe://td/server")
                        .addSanIpAddress("127.0.0.1")
                        .buildIssuedBy(authority));
        add("client", client("client").buildIssuedBy(authority));
        add("stranger", client("stranger").buildIssuedBy(other));
        add("far", client("far").buildIssuedBy(between));
        add(
                "pointing",
                client("pointing")
                        .addCrlDistributionPoint(URI.create("http://lists.example.com/a"))
                        .addCrlDistributionPoint(URI.create("http://lists.example.com/b"))
                        .buildIssuedBy(authority));
        // The builder signs itself only what may sign others as well.
        add("alone", client("alone").setIsCertificateAuthority(true).buildSelfSigned());
        add("signer", client("signer").addExtendedKeyUsageCodeSigning().buildIssuedBy(authority));
        Instant past = Instant.now().minus(Duration.ofDays(900));
        add(
                "expired",
                client("expired")
                        .notBefore(past)
                        .notAfter(past.plus(Duration.ofDays(30)))
                        .buildIssuedBy(authority));
        add(
                "rsa",
                new CertificateBuilder()
                        .rsa2048()
                        .subject("CN=rsa")
                        .addSanDnsName("server.example.com")
                        .addSanDnsName("rsa.example.com")
                        .buildIssuedBy(authority));
    }

    private static CertificateBuilder authority(String subject) {
        return new CertificateBuilder().ecp256().subject(subject).setIsCertificateAuthority(true);
    }

    private static CertificateBuilder leaf(String name) {
        return new CertificateBuilder().ecp256().subject("CN=" + name + ", O=Outrigger");
    }

    private static CertificateBuilder client(String name) throws Exception {
        return leaf(name).addSanUriName("spiffe://td/client").addSanDnsName("server.example.com");
    }

    private X509Bundle add(String name, X509Bundle bundle) throws IOException {
        bundles.put(name, bundle);
        Files.writeString(folder.resolve(name + ".crt"), bundle.getCertificatePathPEM());
        Files.writeString(folder.resolve(name + ".key"), bundle.getPrivateKeyPEM());
        return bundle;
    }

    public X509Bundle of(String name) {
        X509Bundle found = bundles.get(name);
        if (found == null) {
            throw new IllegalArgumentException(
                    name + " (expected: one of " + bundles.keySet() + ")");
        }
        return found;
    }

    public String certificate(String name) {
        return folder.resolve(name + ".crt").toString();
    }

    public String key(String name) {
        return folder.resolve(name + ".key").toString();
    }
}
