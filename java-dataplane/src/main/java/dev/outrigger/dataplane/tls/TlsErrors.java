// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import io.netty.internal.tcnative.SSL;

/**
 * What BoringSSL has on its error queue, taken off: the text Envoy makes of it and what it counts.
 *
 * @param text {@code TLS_error:|number:library:function:reason}; empty for an empty queue
 * @param verifyFailed whether the peer's certificate was refused
 * @param noCertificate whether a client had to send a certificate and did not
 */
record TlsErrors(String text, boolean verifyFailed, boolean noCertificate) {
    /** What BoringSSL says of a certificate that is refused. */
    static final String VERIFY_FAILED_TEXT =
            "TLS_error:|268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED";

    static final String END = ":TLS_error_end";

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
                text = new StringBuilder("TLS_error:");
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

    boolean isEmpty() {
        return text.isEmpty();
    }

    /** Whether it is one of those Envoy counts apart from {@code ssl.connection_error}. */
    boolean isCountedApart() {
        return verifyFailed || noCertificate;
    }
}
