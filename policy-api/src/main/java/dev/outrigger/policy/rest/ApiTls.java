// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import io.helidon.common.configurable.Resource;
import io.helidon.common.pki.Keys;
import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.text.ParseException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Makes of an {@link ApiSecurity} what the server needs; names the file that is at fault. */
final class ApiTls {
    private static final byte[] SAMPLE = {1, 2, 3, 4};

    private ApiTls() {}

    /** TLS 1.2 and later; a client certificate is asked for, and checked if there is one. */
    static Tls tls(ApiSecurity.ServerFiles files) {
        var builder = Tls.builder();
        Keys own = keys(files.certificate(), files.key());
        PrivateKey key =
                own.privateKey()
                        .orElseThrow(() ->
                                new ApiSecurityException(
                                        files.key() + " holds no private key (expected: PEM)"));
        if (own.certChain().isEmpty()) {
            throw new ApiSecurityException(
                    files.certificate() + " holds no certificate (expected: PEM)");
        }
        if (!belongTogether(own.certChain().getFirst(), key)) {
            throw new ApiSecurityException(
                    files.key() + " is not the key of the certificate in " + files.certificate());
        }
        builder.privateKey(key);
        builder.privateKeyCertChain(own.certChain());
        builder.enabledProtocols(List.of("TLSv1.3", "TLSv1.2"));
        if (files.clientAuthorities().isPresent()) {
            builder.trust(certificates(files.clientAuthorities().get()).certs());
            builder.clientAuth(TlsClientAuth.OPTIONAL);
        }
        try {
            return builder.build();
        } catch (RuntimeException e) {
            throw new ApiSecurityException(
                    "TLS cannot be set up with " + files.certificate() + ": " + e.getMessage(), e);
        }
    }

    static Callers callers(ApiSecurity security, InstantSource clock) {
        if (!security.asksForCredentials()) {
            return Callers.ANYBODY;
        }
        Optional<TokenVerifier> tokens =
                security.tokens()
                        .map(issuer ->
                                new TokenVerifier(
                                        issuer,
                                        security.bindings(),
                                        issuer.keys().isPresent()
                                                ? new ImmutableJWKSet<>(read(issuer.keys().get()))
                                                : new IssuerKeys(
                                                        issuer.issuer(),
                                                        new IssuerHttp(),
                                                        System::nanoTime),
                                        clock));
        return new CredentialCallers(tokens, security.bindings());
    }

    /** Whether what the key signs is what the certificate vouches for. */
    private static boolean belongTogether(X509Certificate certificate, PrivateKey key) {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "EC" -> "SHA256withECDSA";
                    case "RSA" -> "SHA256withRSA";
                    case String other -> other;
                };
        try {
            var signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(SAMPLE);
            byte[] signature = signer.sign();
            var verifier = Signature.getInstance(algorithm);
            verifier.initVerify(certificate.getPublicKey());
            verifier.update(SAMPLE);
            return verifier.verify(signature);
        } catch (InvalidKeyException _) {
            return false; // Not even of the same kind.
        } catch (GeneralSecurityException e) {
            throw new ApiSecurityException("The key cannot sign: " + e.getMessage(), e);
        }
    }

    private static Keys keys(Path certificate, Path key) {
        require(certificate);
        require(key);
        try {
            return Keys.builder()
                    .pem(pem ->
                            pem.key(Resource.create(key)).certChain(Resource.create(certificate)))
                    .build();
        } catch (RuntimeException e) {
            throw new ApiSecurityException(
                    certificate
                            + " and "
                            + key
                            + " cannot be used (expected: a certificate chain and a private key in"
                            + " PEM, not encrypted): "
                            + e.getMessage(),
                    e);
        }
    }

    private static Keys certificates(Path file) {
        require(file);
        try {
            return Keys.builder().pem(pem -> pem.certificates(Resource.create(file))).build();
        } catch (RuntimeException e) {
            throw new ApiSecurityException(
                    file + " cannot be used (expected: certificates in PEM): " + e.getMessage(), e);
        }
    }

    private static JWKSet read(Path file) {
        require(file);
        try {
            return JWKSet.parse(Files.readString(file)).toPublicJWKSet();
        } catch (IOException | ParseException e) {
            throw new ApiSecurityException(
                    file + " cannot be used (expected: a JWK set): " + e.getMessage(), e);
        }
    }

    private static void require(Path file) {
        if (!Files.isReadable(file)) {
            throw new ApiSecurityException(file + " cannot be read, or does not exist.");
        }
    }
}
