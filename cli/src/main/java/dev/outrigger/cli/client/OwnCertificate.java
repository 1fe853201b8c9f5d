// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.client;

import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/** A caller's own certificate with its key, from PEM files. */
final class OwnCertificate {
    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String END = "-----END PRIVATE KEY-----";
    private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA");

    private OwnCertificate() {}

    static KeyManager[] managers(Path certificate, Path key) throws GeneralSecurityException {
        var store = KeyStore.getInstance("PKCS12");
        try {
            store.load(null, null);
            store.setKeyEntry("own", key(key), new char[0], chain(certificate));
        } catch (IOException everyJdkHasAnEmptyStore) {
            throw new IllegalStateException(everyJdkHasAnEmptyStore);
        }
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, new char[0]);
        return managers.getKeyManagers();
    }

    private static Certificate[] chain(Path file) {
        try (var in = Files.newInputStream(file)) {
            var chain = CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (chain.isEmpty()) {
                throw noCertificates(file);
            }
            return chain.toArray(Certificate[]::new);
        } catch (IOException e) {
            throw Credentials.unreadable(file, e);
        } catch (GeneralSecurityException e) {
            throw noCertificates(file).withCause(e);
        }
    }

    private static CliFailure noCertificates(Path file) {
        return CliFailure.of(ExitCode.USAGE, file + " holds no certificates (expected: PEM)");
    }

    private static PrivateKey key(Path file) {
        byte[] encoded;
        try {
            var text = Files.readString(file, StandardCharsets.US_ASCII);
            int begin = text.indexOf(BEGIN);
            int end = text.indexOf(END);
            if (begin < 0 || end < begin) {
                throw noKey(file);
            }
            encoded = Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end));
        } catch (IOException e) {
            throw Credentials.unreadable(file, e);
        }
        for (var algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm)
                        .generatePrivate(new PKCS8EncodedKeySpec(encoded));
            } catch (InvalidKeySpecException _) {
                // Of another algorithm: PKCS #8 says which, but only to who parses it.
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e); // Every JDK has these.
            }
        }
        throw noKey(file);
    }

    private static CliFailure noKey(Path file) {
        return CliFailure.of(
                ExitCode.USAGE,
                file + " holds no private key (expected: PKCS #8 in PEM, not encrypted)");
    }
}
