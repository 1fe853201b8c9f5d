// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.x509;

import dev.outrigger.dataplane.x509.Der.MalformedException;
import dev.outrigger.dataplane.x509.Pem.Block;
import dev.outrigger.dataplane.x509.Pem.PemException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** Private keys as PEM files have them: PKCS #8, PKCS #1 and SEC 1, encrypted or not. */
final class PrivateKeys {
    private static final String NO_START_LINE =
            "error:0900006e:PEM routines:OPENSSL_internal:NO_START_LINE";
    private static final String BAD_PASSWORD_READ =
            "error:09000068:PEM routines:OPENSSL_internal:BAD_PASSWORD_READ";
    private static final String BAD_DECRYPT =
            "error:1e000065:Cipher functions:OPENSSL_internal:BAD_DECRYPT";
    private static final String DECODE_ERROR =
            "error:0600000a:public key routines:OPENSSL_internal:DECODE_ERROR";
    private static final String KEY_VALUES_MISMATCH =
            "error:0b000074:X.509 certificate routines:OPENSSL_internal:KEY_VALUES_MISMATCH";
    private static final String KEY_TYPE_MISMATCH =
            "error:0b000073:X.509 certificate routines:OPENSSL_internal:KEY_TYPE_MISMATCH";

    private static final byte[] RSA_ALGORITHM =
            HexFormat.of().parseHex("300d06092a864886f70d0101010500");
    private static final byte[] VERSION_0 = {2, 1, 0};

    private PrivateKeys() {}

    /**
     * The first key of a PEM text.
     *
     * @param password empty for none
     * @throws LoadException in Envoy's words
     */
    static PrivateKey parse(byte[] pem, String name, String password) throws LoadException {
        try {
            for (Block block : Pem.read(pem)) {
                switch (block.type()) {
                    case "PRIVATE KEY" -> {
                        return pkcs8(block.der());
                    }
                    case "ENCRYPTED PRIVATE KEY" -> {
                        return decrypted(block.der(), name, password);
                    }
                    case "RSA PRIVATE KEY" -> {
                        return pkcs8(wrapRsa(legacy(block, name, password)));
                    }
                    case "EC PRIVATE KEY" -> {
                        return pkcs8(wrapEc(legacy(block, name, password)));
                    }
                    default -> {}
                }
            }
        } catch (PemException e) {
            throw failure(
                    name, "error:09000064:PEM routines:OPENSSL_internal:BAD_BASE64_DECODE", e);
        } catch (GeneralSecurityException | MalformedException e) {
            throw failure(name, DECODE_ERROR, e);
        }
        throw new LoadException(message(name, NO_START_LINE));
    }

    private static String message(String name, String why) {
        return "Failed to load private key from " + name + ", Cause: " + why;
    }

    private static LoadException failure(String name, String why, Throwable cause) {
        return new LoadException(message(name, why), cause);
    }

    private static PrivateKey pkcs8(byte[] der)
            throws GeneralSecurityException, MalformedException {
        Der info = new Der(der).next(Der.SEQUENCE).inside();
        Der.Element version = info.next(Der.INTEGER);
        if (version.length() == 0) {
            throw new MalformedException("a key without its version");
        }
        String oid = Der.objectId(info.next(Der.SEQUENCE).inside().next(Der.OBJECT_ID).content());
        String algorithm =
                switch (oid) {
                    case "1.2.840.113549.1.1.1" -> "RSA";
                    case "1.2.840.10045.2.1" -> "EC";
                    default -> throw new MalformedException("a key of kind " + oid);
                };
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    }

    private static PrivateKey decrypted(byte[] der, String name, String password)
            throws LoadException, GeneralSecurityException, MalformedException {
        if (password.isEmpty()) {
            throw new LoadException(message(name, BAD_PASSWORD_READ));
        }
        byte[] plain;
        try {
            var info = new EncryptedPrivateKeyInfo(der);
            // PBES2 has the ciphers among its parameters, which print as the JDK's name for both.
            String algorithm =
                    info.getAlgName().equals("PBES2")
                                    || info.getAlgName().equals("1.2.840.113549.1.5.13")
                            ? info.getAlgParameters().toString()
                            : info.getAlgName();
            var key =
                    SecretKeyFactory.getInstance(algorithm)
                            .generateSecret(new PBEKeySpec(password.toCharArray()));
            Cipher cipher = Cipher.getInstance(algorithm);
            cipher.init(Cipher.DECRYPT_MODE, key, info.getAlgParameters());
            plain = cipher.doFinal(info.getEncryptedData());
        } catch (IOException | GeneralSecurityException e) {
            throw failure(name, BAD_DECRYPT, e);
        }
        return pkcs8(plain);
    }

    /** The content of a block of OpenSSL's own kind, decrypted if its headers say so. */
    private static byte[] legacy(Block block, String name, String password) throws LoadException {
        String info = "";
        for (String header : block.headers()) {
            if (header.startsWith("DEK-Info:")) {
                info = header.substring("DEK-Info:".length()).strip();
            }
        }
        if (info.isEmpty()) {
            return block.der();
        }
        if (password.isEmpty()) {
            throw new LoadException(message(name, BAD_PASSWORD_READ));
        }
        int comma = info.indexOf(',');
        String cipherName = comma < 0 ? info : info.substring(0, comma);
        try {
            byte[] iv = HexFormat.of().parseHex(info.substring(comma + 1));
            boolean des = cipherName.toUpperCase(Locale.ROOT).equals("DES-EDE3-CBC");
            int keyBytes =
                    switch (cipherName.toUpperCase(Locale.ROOT)) {
                        case "AES-128-CBC" -> 16;
                        case "AES-192-CBC", "DES-EDE3-CBC" -> 24;
                        case "AES-256-CBC" -> 32;
                        default ->
                                throw new LoadException(
                                        message(
                                                name,
                                                "error:09000070:PEM routines:OPENSSL_internal:"
                                                        + "UNSUPPORTED_ENCRYPTION"));
                    };
            byte[] key = derive(password.getBytes(StandardCharsets.UTF_8), iv, keyBytes);
            Cipher cipher =
                    Cipher.getInstance(des ? "DESede/CBC/PKCS5Padding" : "AES/CBC/PKCS5Padding");
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    new SecretKeySpec(key, des ? "DESede" : "AES"),
                    new IvParameterSpec(iv));
            return cipher.doFinal(block.der());
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw failure(name, BAD_DECRYPT, e);
        }
    }

    /** OpenSSL's key derivation for such blocks: MD5 over itself, password and salt. */
    private static byte[] derive(byte[] password, byte[] iv, int length)
            throws GeneralSecurityException {
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        byte[] key = new byte[length];
        byte[] last = {};
        int filled = 0;
        while (filled < length) {
            md5.update(last);
            md5.update(password);
            md5.update(iv, 0, 8);
            last = md5.digest();
            int part = Math.min(last.length, length - filled);
            System.arraycopy(last, 0, key, filled, part);
            filled += part;
        }
        return key;
    }

    private static byte[] wrapRsa(byte[] pkcs1) {
        return element(Der.SEQUENCE, VERSION_0, RSA_ALGORITHM, element(Der.OCTET_STRING, pkcs1));
    }

    /** The curve stands inside the key, and outside in PKCS #8. */
    private static byte[] wrapEc(byte[] sec1) throws MalformedException {
        Der inside = new Der(sec1).next(Der.SEQUENCE).inside();
        byte[] curve = {};
        while (inside.hasMore()) {
            Der.Element element = inside.next();
            if (element.tag() == 0xa0) {
                curve = element.content();
            }
        }
        byte[] kind = element(Der.OBJECT_ID, HexFormat.of().parseHex("2a8648ce3d0201"));
        return element(
                Der.SEQUENCE,
                VERSION_0,
                element(Der.SEQUENCE, kind, curve),
                element(Der.OCTET_STRING, sec1));
    }

    private static byte[] element(int tag, byte[]... parts) {
        var content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        int length = content.size();
        var whole = new ByteArrayOutputStream();
        whole.write(tag);
        if (length < 0x80) {
            whole.write(length);
        } else if (length < 0x100) {
            whole.write(0x81);
            whole.write(length);
        } else {
            whole.write(0x82);
            whole.write(length >> 8);
            whole.write(length);
        }
        whole.writeBytes(content.toByteArray());
        return whole.toByteArray();
    }

    /**
     * Whether the certificate is this key's.
     *
     * @throws LoadException in Envoy's words when not
     */
    static void checkMatch(PublicKey certificate, PrivateKey key, String name)
            throws LoadException {
        if (key instanceof RSAPrivateKey rsa) {
            if (!(certificate instanceof RSAPublicKey other)) {
                throw new LoadException(message(name, KEY_TYPE_MISMATCH));
            }
            if (!rsa.getModulus().equals(other.getModulus())) {
                throw new LoadException(message(name, KEY_VALUES_MISMATCH));
            }
            return;
        }
        if (!(key instanceof ECPrivateKey ec) || !(certificate instanceof ECPublicKey other)) {
            throw new LoadException(message(name, KEY_TYPE_MISMATCH));
        }
        if (!Arrays.equals(
                        ec.getParams().getOrder().toByteArray(),
                        other.getParams().getOrder().toByteArray())
                || !signsFor(other, ec)) {
            throw new LoadException(message(name, KEY_VALUES_MISMATCH));
        }
    }

    /** The JDK has no way from a private point to the public one, so a signature tells. */
    private static boolean signsFor(ECPublicKey certificate, ECPrivateKey key) {
        try {
            byte[] text = {1, 2, 3};
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key);
            signature.update(text);
            byte[] made = signature.sign();
            signature.initVerify(certificate);
            signature.update(text);
            return signature.verify(made);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
