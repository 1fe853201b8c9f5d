// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * Who everybody is where connections are encrypted: clients, proxies and upstreams of a run show
 * the same certificate and trust it. Any thread.
 */
final class TestIdentity {
    static final String NAME = "server.test";

    private static final X509Bundle CERTIFICATE = make();

    /** Reading a key out of its store takes longer than a handshake. */
    private static final KeyManager[] KEYS = keys();

    private TestIdentity() {}

    private static X509Bundle make() {
        try {
            return new CertificateBuilder()
                    .ecp256()
                    .subject("CN=" + NAME + ", O=Outrigger")
                    .addSanDnsName(NAME)
                    .setIsCertificateAuthority(true)
                    .buildSelfSigned();
        } catch (Exception e) {
            throw new IllegalStateException("no certificate can be made", e);
        }
    }

    private static KeyManager[] keys() {
        try {
            return CERTIFICATE.toKeyManagerFactory().getKeyManagers();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key that cannot be read", e);
        }
    }

    /** One that knows of no session: whether a ticket comes in time to be used is a race. */
    static SSLContext context() {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(
                    KEYS.clone(),
                    new TrustManager[] {CERTIFICATE.toTrustManager()},
                    new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no TLS", e);
        }
    }

    /**
     * Writes the certificate into the folder and gives its place, as a value in a configuration.
     */
    static String certificate(Path folder) throws IOException {
        return written(folder.resolve("identity.crt"), CERTIFICATE.getCertificatePEM());
    }

    /** The same with its key. */
    static String key(Path folder) throws IOException {
        return written(folder.resolve("identity.key"), CERTIFICATE.getPrivateKeyPEM());
    }

    private static String written(Path file, String text) throws IOException {
        // An earlier run's may be there.
        Files.writeString(file, text);
        return "\"" + file.toAbsolutePath() + "\"";
    }
}
