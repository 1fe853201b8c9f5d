// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.security;

import io.grpc.util.CertificateUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Credentials as they were read: the key belongs to the certificate. Immutable; never printed.
 *
 * @param chain the server's own certificate first
 */
record TlsMaterial(List<X509Certificate> chain, PrivateKey key, List<X509Certificate> authorities) {
    private static final byte[] SAMPLE = {1, 2, 3, 4};

    TlsMaterial {
        chain = List.copyOf(chain);
        authorities = List.copyOf(authorities);
    }

    /**
     * @throws TlsFilesException naming the file that is at fault
     */
    static TlsMaterial read(TlsFiles files) throws TlsFilesException {
        var chain = certificates(files.certificate(), "the certificate");
        var key = key(files.key());
        var authorities = certificates(files.authorities(), "the authorities' certificates");
        if (!belongTogether(chain.getFirst(), key)) {
            throw new TlsFilesException(
                    "the key in " + files.key() + " is not that of " + files.certificate());
        }
        return new TlsMaterial(chain, key, authorities);
    }

    X509Certificate own() {
        return chain.getFirst();
    }

    /** Nothing of the key. */
    @Override
    public String toString() {
        return "TlsMaterial[" + own().getSubjectX500Principal() + "]";
    }

    private static List<X509Certificate> certificates(Path file, String what)
            throws TlsFilesException {
        try {
            var found =
                    List.of(
                            CertificateUtils.getX509Certificates(
                                    new ByteArrayInputStream(bytes(file, what))));
            if (found.isEmpty()) {
                throw new TlsFilesException(file + " holds no certificate (expected: PEM)");
            }
            return found;
        } catch (CertificateException e) {
            throw new TlsFilesException(
                    what + " in " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static PrivateKey key(Path file) throws TlsFilesException {
        try {
            return CertificateUtils.getPrivateKey(
                    new ByteArrayInputStream(bytes(file, "the private key")));
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new TlsFilesException(
                    "the private key in "
                            + file
                            + " cannot be read (expected: PKCS #8 in PEM, RSA or EC, not"
                            + " encrypted)",
                    e);
        }
    }

    private static byte[] bytes(Path file, String what) throws TlsFilesException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new TlsFilesException(file + " does not exist (expected: " + what + ")", e);
        } catch (IOException e) {
            throw new TlsFilesException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** What the one signs the other verifies: files that are replaced one by one may not match. */
    private static boolean belongTogether(X509Certificate certificate, PrivateKey key)
            throws TlsFilesException {
        var algorithm =
                switch (key.getAlgorithm()) {
                    case "EC" -> "SHA256withECDSA";
                    case "RSA" -> "SHA256withRSA";
                    case String other -> other;
                };
        try {
            var signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(SAMPLE);
            var signature = signer.sign();
            var verifier = Signature.getInstance(algorithm);
            verifier.initVerify(certificate.getPublicKey());
            verifier.update(SAMPLE);
            return verifier.verify(signature);
        } catch (InvalidKeyException e) {
            return false; // Not even of the same kind.
        } catch (GeneralSecurityException e) {
            throw new TlsFilesException("the key cannot sign: " + e.getMessage(), e);
        }
    }
}
