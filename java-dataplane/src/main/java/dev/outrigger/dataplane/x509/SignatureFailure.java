// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.x509;

import java.math.BigInteger;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;

/**
 * What BoringSSL leaves on its error queue when a signature is not the key's, which Envoy puts
 * before the reason for which a handshake failed.
 */
final class SignatureFailure {
    private static final String WRONG_KIND =
            "|201326781:ASN.1 encoding routines:OPENSSL_internal:WRONG_PUBLIC_KEY_TYPE";
    private static final String OF_CERTIFICATES =
            "|184549382:X.509 certificate routines:OPENSSL_internal:public key routines";
    private static final String ECDSA =
            "|436207716:ECDSA routines:OPENSSL_internal:BAD_SIGNATURE" + OF_CERTIFICATES;
    private static final String RSA_LENGTH =
            "|67108976:RSA routines:OPENSSL_internal:DATA_LEN_NOT_EQUAL_TO_MOD_LEN"
                    + OF_CERTIFICATES;
    private static final String RSA_PADDING =
            "|67108971:RSA routines:OPENSSL_internal:BLOCK_TYPE_IS_NOT_01"
                    + "|67109000:RSA routines:OPENSSL_internal:PADDING_CHECK_FAILED"
                    + OF_CERTIFICATES;
    private static final String RSA_CONTENT =
            "|67108969:RSA routines:OPENSSL_internal:BAD_SIGNATURE" + OF_CERTIFICATES;

    /** Above the block type of a signature, which is 1, there is nothing but a zero byte. */
    private static final int BITS_ABOVE_TYPE = 15;

    private SignatureFailure() {}

    /**
     * @param algorithm as the JDK names it
     */
    static String text(String algorithm, byte[] signature, PublicKey key) {
        return switch (key) {
            case ECPublicKey _ -> algorithm.endsWith("withECDSA") ? ECDSA : WRONG_KIND;
            case RSAPublicKey rsa when algorithm.endsWith("withRSA") -> rsa(signature, rsa);
            case RSAPublicKey _ when algorithm.endsWith("withECDSA") -> WRONG_KIND;
            default -> OF_CERTIFICATES;
        };
    }

    private static String rsa(byte[] signature, RSAPublicKey key) {
        int bytes = (key.getModulus().bitLength() + 7) / 8;
        if (signature.length != bytes) {
            return RSA_LENGTH;
        }
        BigInteger block =
                new BigInteger(1, signature).modPow(key.getPublicExponent(), key.getModulus());
        boolean padded = block.bitLength() == 8 * bytes - BITS_ABOVE_TYPE;
        return padded ? RSA_CONTENT : RSA_PADDING;
    }
}
