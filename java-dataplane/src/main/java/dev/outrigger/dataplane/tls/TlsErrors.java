// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import dev.outrigger.dataplane.tls.PeerValidator.Result;
import io.netty.internal.tcnative.SSL;
import org.jspecify.annotations.Nullable;

/**
 * What BoringSSL has on its error queue, taken off: the text Envoy makes of it and what it counts.
 *
 * @param text {@code |number:library:function:reason} of each; empty for an empty queue
 * @param verifyFailed whether the peer's certificate was refused
 * @param noCertificate whether a client had to send a certificate and did not
 */
record TlsErrors(String text, boolean verifyFailed, boolean noCertificate) {
    /** What BoringSSL says of a certificate that is refused. */
    private static final String VERIFY_FAILED_TEXT =
            "|268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED";

    private static final String START = "TLS_error:";
    private static final String END = ":TLS_error_end";

    /** The system's word for a peer that is gone, with the number of its library. */
    static final String RESET =
            "TLS_error:|33554536:system library:OPENSSL_internal:Connection reset by peer" + END;

    private static final int MAX_ERRORS = 16;
    private static final int LIBRARY_SHIFT = 24;
    private static final int REASON_MASK = 0xfff;
    private static final int SSL_LIBRARY = 16;
    private static final int NO_CERTIFICATE = 192;
    private static final int VERIFY_FAILED = 125;

    /** Of the calling thread. */
    static TlsErrors take() {
        StringBuilder text = null;
        boolean verify = false;
        boolean missing = false;
        for (int i = 0; i < MAX_ERRORS; i++) {
            int number = SSL.getLastErrorNumber();
            if (number == 0) {
                break;
            }
            if (number >>> LIBRARY_SHIFT == SSL_LIBRARY) {
                verify |= (number & REASON_MASK) == VERIFY_FAILED;
                missing |= (number & REASON_MASK) == NO_CERTIFICATE;
            }
            if (text == null) {
                text = new StringBuilder();
            }
            text.append('|').append(Integer.toUnsignedLong(number)).append(words(number));
        }
        return new TlsErrors(text == null ? "" : text.toString(), verify, missing);
    }

    /** {@code error:1000007d:SSL routines:OPENSSL_internal:REASON} without its first two parts. */
    private static String words(int number) {
        String all = SSL.getErrorString(Integer.toUnsignedLong(number));
        int first = all.indexOf(':');
        int second = all.indexOf(':', first + 1);
        return second < 0 ? ":" + all : all.substring(second);
    }

    /** What Envoy says of a certificate that is refused outside of a handshake. */
    static String refused(Result result) {
        return START + result.before() + VERIFY_FAILED_TEXT + ":" + result.detail() + END;
    }

    /**
     * What Envoy says of a handshake that failed like this.
     *
     * @param verified what was made of the peer's certificate; {@code null} if it did not come to
     *     that
     */
    String text(@Nullable Result verified) {
        if (verifyFailed && verified != null && !verified.detail().isEmpty()) {
            return START + verified.before() + text + ":" + verified.detail() + END;
        }
        return START
                + text
                + (noCertificate ? ":peer did not provide required client certificate" : "")
                + END;
    }

    boolean isEmpty() {
        return text.isEmpty();
    }

    /** Whether it is one of those Envoy counts apart from {@code ssl.connection_error}. */
    boolean isCountedApart() {
        return verifyFailed || noCertificate;
    }
}
