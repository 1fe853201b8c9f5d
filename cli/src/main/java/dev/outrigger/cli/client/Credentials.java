// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.client;

import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * How a client says who it is, and whom it believes. Secrets come from files, never from the
 * command line, which other users of the machine can read.
 *
 * @param token a bearer token
 * @param tls trusts other authorities than the JDK's, or shows a certificate
 */
public record Credentials(Optional<String> token, Optional<SSLContext> tls) {
    public static final Credentials NONE = new Credentials(Optional.empty(), Optional.empty());

    private static final int MAX_TOKEN_BYTES = 16 << 10;

    /** Reads the files; an empty name is none. */
    public static Credentials read(
            String tokenFile, String authorities, String certificate, String key) {
        if (certificate.isEmpty() != key.isEmpty()) {
            throw CliFailure.of(ExitCode.USAGE, "--cert and --key need each other");
        }
        return new Credentials(
                tokenFile.isEmpty() ? Optional.empty() : Optional.of(token(Path.of(tokenFile))),
                authorities.isEmpty() && certificate.isEmpty()
                        ? Optional.empty()
                        : Optional.of(tls(authorities, certificate, key)));
    }

    private static String token(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            var text =
                    new String(
                                    in.readNBytes(MAX_TOKEN_BYTES + 1),
                                    java.nio.charset.StandardCharsets.UTF_8)
                            .strip();
            boolean isToken =
                    !text.isEmpty()
                            && text.length() <= MAX_TOKEN_BYTES
                            && text.chars().allMatch(c -> c > ' ' && c <= '~');
            if (!isToken) {
                throw CliFailure.of(ExitCode.USAGE, file + " holds no token (expected: one line)");
            }
            return text;
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static SSLContext tls(String authorities, String certificate, String key) {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(
                    certificate.isEmpty()
                            ? null
                            : OwnCertificate.managers(Path.of(certificate), Path.of(key)),
                    authorities.isEmpty() ? null : trust(Path.of(authorities)),
                    null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // Every JDK has TLS.
        }
    }

    private static TrustManager[] trust(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            var trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            int count = 0;
            for (var certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry("ca" + count++, certificate);
            }
            var managers =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            return managers.getTrustManagers();
        } catch (IOException e) {
            throw unreadable(file, e);
        } catch (GeneralSecurityException e) {
            throw CliFailure.of(ExitCode.USAGE, file + " holds no certificates (expected: PEM)")
                    .withCause(e);
        }
    }

    static CliFailure unreadable(Path file, IOException cause) {
        return CliFailure.of(ExitCode.NOT_FOUND, "cannot read " + file + ": " + cause.getMessage())
                .withCause(cause);
    }
}
