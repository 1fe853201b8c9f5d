// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.internal.tcnative.Buffer;
import io.netty.internal.tcnative.SSL;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The native library: loaded by whoever is first to need TLS. */
final class BoringSsl {
    // Results of SSL_get_error.
    static final int ERROR_NONE = 0;
    static final int ERROR_SSL = 1;
    static final int ERROR_WANT_READ = 2;
    static final int ERROR_WANT_WRITE = 3;
    static final int ERROR_SYSCALL = 5;
    static final int ERROR_ZERO_RETURN = 6;

    private BoringSsl() {}

    /**
     * @throws IllegalStateException where there is no library for this machine
     */
    static void load() {
        try {
            OpenSsl.ensureAvailability();
        } catch (UnsatisfiedLinkError e) {
            throw new IllegalStateException("no BoringSSL for this machine: " + e.getMessage(), e);
        }
    }

    /** A text in native memory, which {@link SSL#freeBIO} gives back. */
    static long bio(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        try {
            long bio = SSL.newMemBIO();
            if (SSL.bioWrite(bio, Buffer.address(direct), bytes.length) != bytes.length) {
                SSL.freeBIO(bio);
                throw new IllegalStateException("BIO: " + bytes.length + " bytes not written");
            }
            return bio;
        } catch (IllegalStateException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("BIO", e);
        }
    }
}
