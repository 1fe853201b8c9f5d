// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import dev.outrigger.dataplane.config.CommonTlsConfig;
import dev.outrigger.dataplane.config.CommonTlsConfig.Parameters;
import dev.outrigger.dataplane.config.CommonTlsConfig.Version;
import dev.outrigger.dataplane.x509.Certificate;
import io.netty.internal.tcnative.CertificateVerifier;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One side's TLS, made of one version of its configuration and secrets. Connections keep the one
 * they began with; it gives its native memory back when the last of them has ended and its owner
 * has released it. Any thread.
 */
abstract sealed class TlsContext permits ServerTlsContext, ClientTlsContext {
    private static final String NOT_SET = "BoringSSL refused what was checked before: ";

    private final TlsStats stats;
    private final @Nullable PeerValidator validator;
    private final @Nullable KeyLogFile keyLog;

    /** The owner counts as one. */
    private final AtomicInteger users = new AtomicInteger(1);

    TlsContext(TlsStats stats, @Nullable PeerValidator validator, @Nullable KeyLogFile keyLog) {
        this.stats = stats;
        this.validator = validator;
        this.keyLog = keyLog;
    }

    TlsStats stats() {
        return stats;
    }

    /** What decides about peers; {@code null}: nobody asks. */
    @Nullable PeerValidator validator() {
        return validator;
    }

    @Nullable KeyLogFile keyLog() {
        return keyLog;
    }

    /** Makes the native object of a connection. */
    abstract long newSsl(TlsHandler connection);

    /** The certificate shown on a connection; {@code null} for none. */
    abstract @Nullable Certificate ownCertificate(TlsHandler connection);

    abstract boolean isServer();

    /** Gives all native memory back. */
    abstract void free();

    /** For a connection; {@link #release} ends it. False once it is gone. */
    boolean tryRetain() {
        int now = users.get();
        while (now > 0) {
            if (users.compareAndSet(now, now + 1)) {
                return true;
            }
            now = users.get();
        }
        return false;
    }

    void release() {
        if (users.decrementAndGet() == 0) {
            free();
        }
    }

    /** A native context with what both sides have. */
    static long make(CommonTlsConfig config, boolean server) {
        BoringSsl.load();
        try {
            long context =
                    SSLContext.make(
                            SSL.SSL_PROTOCOL_ALL,
                            server ? SSL.SSL_MODE_SERVER : SSL.SSL_MODE_CLIENT);
            // What is asked for here is not all that is kept to there.
            SSLContext.setOptions(context, without(config.parameters()));
            SSLContext.setUseTasks(context, false);
            SSLContext.setMode(
                    context,
                    SSL.SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                            | SSL.SSL_MODE_ENABLE_PARTIAL_WRITE
                            | SSL.SSL_MODE_RELEASE_BUFFERS);
            if (!SSLContext.setCipherSuite(context, config.parameters().cipherSuites(), false)) {
                throw new IllegalStateException(NOT_SET + config.parameters().cipherSuites());
            }
            String[] curves = config.parameters().curves().toArray(String[]::new);
            if (!SSLContext.setCurvesList(context, curves)) {
                throw new IllegalStateException(NOT_SET + config.parameters().curves());
            }
            List<String> alpn = config.alpnProtocols();
            if (!alpn.isEmpty()) {
                setAlpn(context, alpn);
            }
            SSL.clearError();
            return context;
        } catch (IllegalStateException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("TLS context: " + e.getMessage(), e);
        }
    }

    static void setAlpn(long context, List<String> protocols) {
        SSLContext.setAlpnProtos(
                context,
                protocols.stream().filter(name -> !name.isEmpty()).toArray(String[]::new),
                SSL.SSL_SELECTOR_FAILURE_NO_ADVERTISE);
    }

    /** The versions that are not to be spoken. */
    private static int without(Parameters parameters) {
        int mask = SSL.SSL_OP_NO_SSLv2 | SSL.SSL_OP_NO_SSLv3 | SSL.SSL_OP_NO_COMPRESSION;
        for (Version each : Version.values()) {
            if (each.compareTo(parameters.minimum()) < 0
                    || each.compareTo(parameters.maximum()) > 0) {
                mask |=
                        switch (each) {
                            case TLS_1_0 -> SSL.SSL_OP_NO_TLSv1;
                            case TLS_1_1 -> SSL.SSL_OP_NO_TLSv1_1;
                            case TLS_1_2 -> SSL.SSL_OP_NO_TLSv1_2;
                            case TLS_1_3 -> SSL.SSL_OP_NO_TLSv1_3;
                        };
            }
        }
        return mask;
    }

    /** Hands every certificate a peer shows to its connection. */
    final void verifyPeers(long context, int mode) {
        SSLContext.setVerify(context, mode, 100);
        SSLContext.setCertVerifyCallback(
                context,
                new CertificateVerifier() {
                    @Override
                    public int verify(long ssl, byte[][] encoded, String authentication) {
                        TlsHandler connection = TlsHandler.current();
                        return connection == null
                                ? X509_V_ERR_UNSPECIFIED
                                : connection.verify(encoded);
                    }
                });
    }
}
