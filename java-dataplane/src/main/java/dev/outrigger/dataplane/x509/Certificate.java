// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.x509;

import dev.outrigger.dataplane.x509.Der.MalformedException;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One certificate with everything that headers, logs and verification ask of it. Immutable; what is
 * derived is computed when first asked for. Any thread.
 */
public final class Certificate {
    private static final String SUBJECT_ALT_NAME = "2.5.29.17";
    private static final int KEY_CERT_SIGN = 5;
    private static final int CRL_SIGN = 6;
    private static final String COMMON_NAME = "2.5.4.3";
    private static final String ORGANIZATION = "2.5.4.10";

    /** What a certificate's key is for choosing among certificates. */
    public enum KeyType {
        RSA,
        EC_P256,
        EC_P384,
        EC_P521,
        OTHER
    }

    private final X509Certificate parsed;
    private final byte[] der;
    private final List<GeneralName> names;
    private final boolean hasNames;
    private @Nullable String sha256;
    private @Nullable String subject;
    private @Nullable String issuer;

    private Certificate(X509Certificate parsed, byte[] der, @Nullable List<GeneralName> names) {
        this.parsed = parsed;
        this.der = der;
        this.hasNames = names != null;
        this.names = names == null ? List.of() : names;
    }

    /**
     * @throws CertificateException when the bytes are no certificate
     */
    public static Certificate of(byte[] der) throws CertificateException {
        var parsed =
                (X509Certificate)
                        CertificateFactory.getInstance("X.509")
                                .generateCertificate(new ByteArrayInputStream(der));
        byte[] extension = parsed.getExtensionValue(SUBJECT_ALT_NAME);
        try {
            List<GeneralName> names =
                    extension == null
                            ? null
                            : GeneralName.parse(
                                    new Der(extension).next(Der.OCTET_STRING).content());
            return new Certificate(parsed, der.clone(), names);
        } catch (MalformedException e) {
            throw new CertificateException("subjectAltName: " + e.getMessage(), e);
        }
    }

    /** The JDK's view of it. */
    X509Certificate parsed() {
        return parsed;
    }

    public byte[] der() {
        return der.clone();
    }

    /** The whole certificate's hash, in lower case hex. */
    public String sha256() {
        String known = sha256;
        if (known == null) {
            known = HexFormat.of().formatHex(digest("SHA-256", der));
            sha256 = known;
        }
        return known;
    }

    /** The whole certificate's hash, in lower case hex. */
    public String sha1() {
        return HexFormat.of().formatHex(digest("SHA-1", der));
    }

    /** The hash of the public key with its algorithm. */
    public byte[] spkiSha256() {
        return digest("SHA-256", parsed.getPublicKey().getEncoded());
    }

    static byte[] digest(String algorithm, byte[] bytes) {
        try {
            return MessageDigest.getInstance(algorithm).digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(algorithm, e);
        }
    }

    /** In the form of RFC 2253, as OpenSSL writes it. */
    public String subject() {
        String known = subject;
        if (known == null) {
            known = DistinguishedName.text(parsed.getSubjectX500Principal().getEncoded());
            subject = known;
        }
        return known;
    }

    /** In the form of RFC 2253, as OpenSSL writes it. */
    public String issuer() {
        String known = issuer;
        if (known == null) {
            known = DistinguishedName.text(parsed.getIssuerX500Principal().getEncoded());
            issuer = known;
        }
        return known;
    }

    /** The subject's last common name; empty for none. */
    public String commonName() {
        var all =
                DistinguishedName.values(
                        parsed.getSubjectX500Principal().getEncoded(), COMMON_NAME);
        return all.isEmpty() ? "" : all.getLast();
    }

    public List<String> organizations() {
        return DistinguishedName.values(
                parsed.getSubjectX500Principal().getEncoded(), ORGANIZATION);
    }

    /** The issuer's name, encoded. */
    public byte[] issuerName() {
        return parsed.getIssuerX500Principal().getEncoded();
    }

    /** In lower case hex with an even number of digits, as OpenSSL prints numbers. */
    public String serial() {
        BigInteger number = parsed.getSerialNumber();
        String hex = number.abs().toString(16).toLowerCase(Locale.ROOT);
        String even = hex.length() % 2 == 0 ? hex : "0" + hex;
        return number.signum() < 0 ? "-" + even : even;
    }

    /** Whether there is a subject alternative name extension, empty or not. */
    public boolean hasNames() {
        return hasNames;
    }

    /** The subject alternative names in their order. */
    public List<GeneralName> names() {
        return names;
    }

    /** The texts of one kind of subject alternative names. */
    public List<String> names(GeneralName.Type type) {
        return names.stream().filter(n -> n.type() == type).map(GeneralName::text).toList();
    }

    public Instant notBefore() {
        return parsed.getNotBefore().toInstant();
    }

    public Instant notAfter() {
        return parsed.getNotAfter().toInstant();
    }

    public KeyType keyType() {
        return switch (parsed.getPublicKey()) {
            case RSAPublicKey _ -> KeyType.RSA;
            case ECPublicKey key ->
                    switch (key.getParams().getOrder().bitLength()) {
                        case 256 -> KeyType.EC_P256;
                        case 384 -> KeyType.EC_P384;
                        case 521 -> KeyType.EC_P521;
                        default -> KeyType.OTHER;
                    };
            default -> KeyType.OTHER;
        };
    }

    /** Of an RSA key; 0 for others. */
    public int rsaBits() {
        return parsed.getPublicKey() instanceof RSAPublicKey key ? key.getModulus().bitLength() : 0;
    }

    /** Whether it says what its key is for, and that is not to sign certificates or lists. */
    public boolean isForUsersOnly() {
        boolean[] usage = parsed.getKeyUsage();
        return usage != null
                && parsed.getBasicConstraints() < 0
                && !usage[KEY_CERT_SIGN]
                && !usage[CRL_SIGN];
    }

    /** The identifiers of all extensions. */
    public List<String> extensionIds() {
        var all = new TreeSet<String>();
        addAll(all, parsed.getCriticalExtensionOIDs());
        addAll(all, parsed.getNonCriticalExtensionOIDs());
        return List.copyOf(all);
    }

    private static void addAll(Set<String> into, @Nullable Set<String> more) {
        if (more != null) {
            into.addAll(more);
        }
    }

    /** As text, ended by a line feed. */
    public String pem() {
        return Pem.write("CERTIFICATE", der);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Certificate that && Arrays.equals(der, that.der);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(der);
    }

    @Override
    public String toString() {
        return "Certificate[" + subject() + "]";
    }
}
