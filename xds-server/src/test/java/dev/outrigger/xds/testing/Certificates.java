// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.testing;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;

/** A certificate authority that lives as long as a test. */
public final class Certificates {
    private final X509Bundle authority;

    public Certificates(String name) throws Exception {
        authority =
                valid(new CertificateBuilder())
                        .subject("CN=" + name)
                        .setIsCertificateAuthority(true)
                        .buildSelfSigned();
    }

    /** A certificate for a SPIFFE ID, a DNS name or the address 127.0.0.1. */
    public X509Bundle issue(String name) throws Exception {
        return named(valid(new CertificateBuilder()), name).buildIssuedBy(authority);
    }

    /** One that was good until yesterday. */
    public X509Bundle issueExpired(String name) throws Exception {
        var now = Instant.now();
        return named(
                        new CertificateBuilder()
                                .ecp256()
                                .notBefore(now.minus(Duration.ofDays(3)))
                                .notAfter(now.minus(Duration.ofDays(1))),
                        name)
                .buildIssuedBy(authority);
    }

    public String pem() {
        return authority.getCertificatePEM();
    }

    /** Files as a server or a proxy has them: cert.pem, key.pem, ca.pem. */
    public static Folder write(Path directory, X509Bundle own, Certificates trusted)
            throws IOException {
        Files.createDirectories(directory);
        var folder = new Folder(directory);
        replace(folder.certificate(), own.getCertificatePathPEM());
        replace(folder.key(), own.getPrivateKeyPEM());
        replace(folder.authorities(), trusted.pem());
        return folder;
    }

    /** As a whole, so that nobody reads half of it. */
    public static void replace(Path file, String content) throws IOException {
        var fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, content);
        Files.move(
                fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Three PEM files. */
    public record Folder(Path directory) {
        public Path certificate() {
            return directory.resolve("cert.pem");
        }

        public Path key() {
            return directory.resolve("key.pem");
        }

        public Path authorities() {
            return directory.resolve("ca.pem");
        }
    }

    private static CertificateBuilder valid(CertificateBuilder builder) {
        var now = Instant.now();
        return builder.ecp256()
                .notBefore(now.minus(Duration.ofHours(1)))
                .notAfter(now.plus(Duration.ofDays(1)));
    }

    private static CertificateBuilder named(CertificateBuilder builder, String name) {
        builder.subject("CN=test").addExtendedKeyUsageServerAuth().addExtendedKeyUsageClientAuth();
        if (name.contains("://")) {
            return builder.addSanUriName(URI.create(name));
        }
        return name.equals("127.0.0.1")
                ? builder.addSanIpAddress(name)
                : builder.addSanDnsName(name);
    }
}
