// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * Who everybody is where connections are encrypted: clients, proxies and upstreams of a run show
 * the same certificate and trust it. Any thread.
 */
final class TestIdentity {
    static final String NAME = "server.test";

    private static final char[] PASSWORD = "for tests".toCharArray();
    private static final KeyStore STORE = make();

    /** Reading a key out of its store takes longer than a handshake. */
    private static final KeyManager[] KEYS = keys();

    private static final TrustManager[] TRUSTED = trusted();

    private TestIdentity() {}

    /** Made by the JDK's own tool: there is no other public way to a certificate. */
    private static KeyStore make() {
        try {
            var folder = Files.createTempDirectory("identity");
            var file = folder.resolve("identity.p12");
            var command =
                    List.of(
                            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                            "-genkeypair",
                            "-keyalg",
                            "EC",
                            "-groupname",
                            "secp256r1",
                            "-alias",
                            NAME,
                            "-dname",
                            "CN=" + NAME,
                            "-ext",
                            "san=dns:" + NAME,
                            "-ext",
                            "bc:critical=ca:true",
                            "-validity",
                            "30",
                            "-storetype",
                            "PKCS12",
                            "-storepass",
                            new String(PASSWORD),
                            "-keystore",
                            file.toString());
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException("keytool: " + printed);
            }
            var store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(file)) {
                store.load(in, PASSWORD);
            }
            Files.delete(file);
            Files.delete(folder);
            return store;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no certificate can be made", e);
        }
    }

    private static KeyManager[] keys() {
        try {
            var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(STORE, PASSWORD);
            return factory.getKeyManagers();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key that cannot be read", e);
        }
    }

    private static TrustManager[] trusted() {
        try {
            var anchors = KeyStore.getInstance("PKCS12");
            anchors.load(null, PASSWORD);
            anchors.setCertificateEntry(NAME, ofStore());
            var factory =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(anchors);
            return factory.getTrustManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("nobody to trust", e);
        }
    }

    private static Certificate ofStore() throws GeneralSecurityException {
        return STORE.getCertificate(NAME);
    }

    /** One that knows of no session: whether a ticket comes in time to be used is a race. */
    static SSLContext context() {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(KEYS.clone(), TRUSTED.clone(), new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no TLS", e);
        }
    }

    /** Writes the certificate into the folder and gives its place, as a configuration's value. */
    static String certificate(Path folder) throws IOException {
        try {
            return written(
                    folder.resolve("identity.crt"), "CERTIFICATE", ofStore().getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** The same with its key. */
    static String key(Path folder) throws IOException {
        try {
            return written(
                    folder.resolve("identity.key"),
                    "PRIVATE KEY",
                    STORE.getKey(NAME, PASSWORD).getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static String written(Path file, String what, byte[] bytes) throws IOException {
        var lines =
                Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        // An earlier run's may be there.
        Files.writeString(
                file, "-----BEGIN " + what + "-----\n" + lines + "\n-----END " + what + "-----\n");
        return "\"" + file.toAbsolutePath() + "\"";
    }
}
