// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.x509;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** PEM text (RFC 7468) as BoringSSL reads it: text around the blocks is passed over. */
public final class Pem {
    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";

    private Pem() {}

    /** One block. */
    static final class Block {
        private final String type;
        private final List<String> headers;
        private final byte[] der;

        private Block(String type, List<String> headers, byte[] der) {
            this.type = type;
            this.headers = List.copyOf(headers);
            this.der = der;
        }

        String type() {
            return type;
        }

        /** Lines such as {@code DEK-Info: ...}; none for most. */
        List<String> headers() {
            return headers;
        }

        byte[] der() {
            return der.clone();
        }

        boolean isCertificate() {
            return type.equals("CERTIFICATE")
                    || type.equals("X509 CERTIFICATE")
                    || type.equals("TRUSTED CERTIFICATE");
        }
    }

    /**
     * All blocks in order.
     *
     * @throws PemException when a block has no end or is not base64
     */
    static List<Block> read(byte[] text) throws PemException {
        var blocks = new ArrayList<Block>();
        String[] lines = new String(text, StandardCharsets.ISO_8859_1).split("\r?\n|\r", -1);
        int at = 0;
        while (at < lines.length) {
            String line = lines[at++].stripTrailing();
            if (!line.startsWith(BEGIN) || !line.endsWith(DASHES) || line.length() < 17) {
                continue;
            }
            String type = line.substring(BEGIN.length(), line.length() - DASHES.length());
            var headers = new ArrayList<String>();
            var body = new StringBuilder();
            boolean ended = false;
            while (at < lines.length) {
                line = lines[at++].strip();
                if (line.startsWith(END)) {
                    ended = line.equals(END + type + DASHES);
                    break;
                }
                if (line.indexOf(':') >= 0) {
                    headers.add(line);
                } else {
                    body.append(line);
                }
            }
            if (!ended) {
                throw new PemException("a block without its end: " + type);
            }
            blocks.add(new Block(type, headers, decode(body.toString(), type)));
        }
        return blocks;
    }

    private static byte[] decode(String body, String type) throws PemException {
        try {
            return Base64.getDecoder().decode(body);
        } catch (IllegalArgumentException e) {
            throw new PemException("not base64: " + type, e);
        }
    }

    /** One block as text, as BoringSSL writes it: lines of 64 characters. */
    static String write(String type, byte[] der) {
        return BEGIN
                + type
                + DASHES
                + "\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n"
                + END
                + type
                + DASHES
                + "\n";
    }

    /** Text that is not PEM. */
    static final class PemException extends Exception {
        private static final long serialVersionUID = 1;

        PemException(String message) {
            super(message);
        }

        PemException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
