// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.x509;

import dev.outrigger.dataplane.x509.Pem.Block;
import dev.outrigger.dataplane.x509.Pem.PemException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What one side of a connection shows of itself: its certificate, those that lead to the root, and
 * the key. Immutable; {@link #toString} shows no key.
 *
 * @param certificates own one first
 */
public record CertificateChain(List<Certificate> certificates, PrivateKey key) {
    private static final int MIN_RSA_BITS = 2048;

    public CertificateChain {
        certificates = List.copyOf(certificates);
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException("certificates: none (expected: at least one)");
        }
    }

    /**
     * Reads PEM.
     *
     * @param chainName where the chain is from, for messages
     * @param password empty for none
     * @throws LoadException in Envoy's words
     */
    public static CertificateChain parse(
            byte[] chain, String chainName, byte[] key, String keyName, String password)
            throws LoadException {
        List<Certificate> certificates = certificates(chain, chainName);
        checkKeyKind(certificates.getFirst(), chainName);
        PrivateKey parsed = PrivateKeys.parse(key, keyName, password);
        PrivateKeys.checkMatch(certificates.getFirst().parsed().getPublicKey(), parsed, keyName);
        return new CertificateChain(certificates, parsed);
    }

    private static List<Certificate> certificates(byte[] pem, String name) throws LoadException {
        String failed = "Failed to load certificate chain from " + name;
        try {
            var all = new ArrayList<Certificate>();
            for (Block block : Pem.read(pem)) {
                if (block.isCertificate()) {
                    all.add(Certificate.of(block.der()));
                }
            }
            if (all.isEmpty()) {
                throw new LoadException(failed);
            }
            return all;
        } catch (PemException | CertificateException e) {
            throw new LoadException(failed, e);
        }
    }

    private static void checkKeyKind(Certificate own, String name) throws LoadException {
        switch (own.keyType()) {
            case EC_P256, EC_P384, EC_P521 -> {}
            case RSA -> {
                if (own.rsaBits() < MIN_RSA_BITS) {
                    throw new LoadException(
                            "Failed to load certificate chain from "
                                    + name
                                    + ", only RSA certificates with 2048-bit or larger keys are"
                                    + " supported");
                }
            }
            case OTHER ->
                    throw new LoadException(
                            "Failed to load certificate chain from "
                                    + name
                                    + ", only RSA certificates and P-256, P-384 or P-521 ECDSA"
                                    + " certificates are supported");
        }
    }

    /**
     * Reads a PKCS #12 file: its one key with that key's chain.
     *
     * @throws LoadException in Envoy's words
     */
    public static CertificateChain parsePkcs12(byte[] file, String name, String password)
            throws LoadException {
        String failed = "Failed to load pkcs12 from " + name;
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(file), password.toCharArray());
            for (String alias : Collections.list(store.aliases())) {
                if (!(store.getKey(alias, password.toCharArray()) instanceof PrivateKey key)) {
                    continue;
                }
                var all = new ArrayList<Certificate>();
                for (java.security.cert.Certificate each : store.getCertificateChain(alias)) {
                    all.add(Certificate.of(each.getEncoded()));
                }
                checkKeyKind(all.getFirst(), name);
                return new CertificateChain(all, key);
            }
            throw new LoadException(failed);
        } catch (IOException | GeneralSecurityException e) {
            throw new LoadException(failed, e);
        }
    }

    /** The chain as PEM. */
    public String chainPem() {
        var text = new StringBuilder();
        certificates.forEach(c -> text.append(c.pem()));
        return text.toString();
    }

    /** The key as unencrypted PEM. */
    public String keyPem() {
        return Pem.write("PRIVATE KEY", key.getEncoded());
    }

    @Override
    public String toString() {
        return "CertificateChain" + certificates;
    }
}
