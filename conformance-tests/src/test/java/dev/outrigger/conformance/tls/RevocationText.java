// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.tls;

import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * A list of revoked certificates to be signed, as RFC 5280 (5.1) has it.
 *
 * @param issuer whose name it bears
 * @param signer who signs it
 * @param revoked the serial numbers
 * @param age since it was made; negative for the future
 * @param left until the next is due
 * @param extensions encoded, one behind the other, in hex; empty for none
 */
record RevocationText(
        X509Bundle issuer,
        X509Bundle signer,
        List<BigInteger> revoked,
        Duration age,
        Duration left,
        String extensions) {
    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int OBJECT_ID = 0x06;
    private static final int UTC_TIME = 0x17;
    private static final int SEQUENCE = 0x30;
    private static final int EXTENSIONS = 0xa0;
    private static final byte[] ECDSA_WITH_SHA256 = HexFormat.of().parseHex("2a8648ce3d040302");

    RevocationText {
        revoked = List.copyOf(revoked);
    }

    static RevocationText by(X509Bundle issuer, X509Bundle... revoked) {
        var numbers = new ArrayList<BigInteger>();
        for (X509Bundle each : revoked) {
            numbers.add(each.getCertificate().getSerialNumber());
        }
        return new RevocationText(
                issuer, issuer, numbers, Duration.ofDays(1), Duration.ofDays(30), "");
    }

    RevocationText signedBy(X509Bundle other) {
        return new RevocationText(issuer, other, revoked, age, left, extensions);
    }

    RevocationText madeDaysAgo(int days) {
        return new RevocationText(issuer, signer, revoked, Duration.ofDays(days), left, extensions);
    }

    RevocationText dueInDays(int days) {
        return new RevocationText(issuer, signer, revoked, age, Duration.ofDays(days), extensions);
    }

    RevocationText extendedBy(String hex) {
        return new RevocationText(issuer, signer, revoked, age, left, hex);
    }

    /** As PEM, for a reader whose time is near this one. */
    String pem(Instant now) {
        try {
            byte[] algorithm = der(SEQUENCE, der(OBJECT_ID, ECDSA_WITH_SHA256));
            byte[] content = content(algorithm, now);
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(signer.getKeyPair().getPrivate());
            signature.update(content);
            byte[] whole =
                    der(
                            SEQUENCE,
                            content,
                            algorithm,
                            der(BIT_STRING, new byte[1], signature.sign()));
            return "-----BEGIN X509 CRL-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(whole)
                    + "\n-----END X509 CRL-----\n";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] content(byte[] algorithm, Instant now) {
        Instant made = now.minus(age);
        byte[] entries = {};
        for (BigInteger number : revoked) {
            byte[] entry = der(SEQUENCE, der(INTEGER, number.toByteArray()), time(made));
            entries = joined(entries, entry);
        }
        byte[] more = HexFormat.of().parseHex(extensions);
        return der(
                SEQUENCE,
                der(INTEGER, new byte[] {1}),
                algorithm,
                issuer.getCertificate().getSubjectX500Principal().getEncoded(),
                time(made),
                time(now.plus(left)),
                entries.length == 0 ? entries : der(SEQUENCE, entries),
                more.length == 0 ? more : der(EXTENSIONS, der(SEQUENCE, more)));
    }

    private static byte[] time(Instant at) {
        String text =
                DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC).format(at);
        return der(UTC_TIME, text.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] der(int tag, byte[]... parts) {
        byte[] content = joined(parts);
        var out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else {
            // The shortest form there is, on which BoringSSL insists.
            boolean twoBytes = content.length > 0xff;
            out.write(twoBytes ? 0x82 : 0x81);
            if (twoBytes) {
                out.write(content.length >> 8);
            }
            out.write(content.length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
