// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import dev.outrigger.dataplane.config.UpstreamTlsConfig;
import dev.outrigger.dataplane.x509.Certificate;
import dev.outrigger.dataplane.x509.CertificateChain;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;
import io.netty.internal.tcnative.SSLSession;
import io.netty.internal.tcnative.SSLSessionCache;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of a cluster. Sessions to be resumed are kept here, the newest first, for all hosts
 * together as in Envoy.
 */
final class ClientTlsContext extends TlsContext {
    private final UpstreamTlsConfig config;
    private final Optional<CertificateChain> chain;

    /** By the protocols offered, which BoringSSL has by context; guarded by itself. */
    private final Map<List<String>, Long> contexts = new HashMap<>();

    /** Native sessions, the newest first; guarded by itself. */
    private final ArrayDeque<Kept> sessions = new ArrayDeque<>();

    /** A session that may be taken up by who asks for the same name, as in Envoy. */
    private record Kept(String serverName, long session) {}

    private final @Nullable Credential credential;
    private boolean closed;

    /**
     * @param chain what is shown to servers that ask; absent for nothing
     */
    ClientTlsContext(
            UpstreamTlsConfig config,
            Optional<CertificateChain> chain,
            TlsStats stats,
            @Nullable PeerValidator validator,
            @Nullable KeyLogFile keyLog) {
        super(stats, validator, keyLog);
        this.config = config;
        this.chain = chain;
        BoringSsl.load();
        this.credential = chain.map(Credential::of).orElse(null);
        var _ = context(config.common().alpnProtocols());
    }

    UpstreamTlsConfig config() {
        return config;
    }

    private long context(List<String> alpn) {
        synchronized (contexts) {
            Long known = contexts.get(alpn);
            if (known == null) {
                known = make(alpn);
                contexts.put(alpn, known);
            }
            return known;
        }
    }

    private long make(List<String> alpn) {
        long context = make(config.common(), false);
        if (!alpn.equals(config.common().alpnProtocols())) {
            setAlpn(context, alpn);
        }
        if (credential != null) {
            credential.addTo(context);
        }
        verifyPeers(context, validator() == null ? SSL.SSL_CVERIFY_NONE : SSL.SSL_CVERIFY_REQUIRED);
        if (config.maxSessionKeys() > 0) {
            SSLContext.setSessionCacheMode(
                    context,
                    SSL.SSL_SESS_CACHE_CLIENT
                            | SSL.SSL_SESS_CACHE_NO_INTERNAL_LOOKUP
                            | SSL.SSL_SESS_CACHE_NO_INTERNAL_STORE);
            SSLContext.setSSLSessionCache(context, new Sessions());
        } else {
            SSLContext.setSessionCacheMode(context, SSL.SSL_SESS_CACHE_OFF);
        }
        if (keyLog() != null) {
            SSLContext.setKeyLogCallback(context, (_, line) -> TlsHandler.logKey(line));
        }
        SSL.clearError();
        return context;
    }

    @Override
    long newSsl(TlsHandler connection) {
        TlsTarget target = connection.target();
        List<String> alpn = config.common().alpnProtocols();
        if (!target.alpnOverride().isEmpty()) {
            alpn = target.alpnOverride();
        } else if (alpn.isEmpty()) {
            alpn = target.alpnFallback();
        }
        long ssl = SSL.newSSL(context(alpn), false);
        String name = connection.serverNameAsked();
        if (!name.isEmpty()) {
            SSL.setTlsExtHostName(ssl, name);
        }
        try {
            SSL.setRenegotiateMode(
                    ssl,
                    config.allowRenegotiation()
                            ? SSL.SSL_RENEGOTIATE_FREELY
                            : SSL.SSL_RENEGOTIATE_NEVER);
        } catch (Exception e) {
            throw new IllegalStateException("renegotiation mode", e);
        }
        if (!target.anyName().isEmpty()) {
            SSL.setVerify(ssl, SSL.SSL_CVERIFY_REQUIRED, 100);
        }
        resume(ssl, name);
        return ssl;
    }

    /** The name a connection asks for (TL2). */
    String serverName(TlsTarget target) {
        if (!target.serverName().isEmpty()) {
            return target.serverName();
        }
        return config.autoHostSni() && !target.hostname().isEmpty()
                ? target.hostname()
                : config.sni();
    }

    private void resume(long ssl, String serverName) {
        if (config.maxSessionKeys() == 0) {
            return;
        }
        synchronized (sessions) {
            Kept found = find(serverName);
            if (found == null) {
                return;
            }
            SSL.setSession(ssl, found.session());
            if (SSLSession.shouldBeSingleUse(found.session())) {
                sessions.remove(found);
                SSLSession.free(found.session());
            }
        }
    }

    private @Nullable Kept find(String serverName) {
        for (Kept each : sessions) {
            if (each.serverName().equals(serverName)) {
                return each;
            }
        }
        return null;
    }

    private boolean keep(@Nullable String serverName, long session) {
        synchronized (sessions) {
            if (closed) {
                return false;
            }
            while (sessions.size() >= config.maxSessionKeys()) {
                SSLSession.free(sessions.removeLast().session());
            }
            sessions.addFirst(new Kept(serverName == null ? "" : serverName, session));
            return true;
        }
    }

    @Override
    @Nullable Certificate ownCertificate(TlsHandler connection) {
        return chain.map(c -> c.certificates().getFirst()).orElse(null);
    }

    /** Whether the peer's certificate must have the name asked for. */
    boolean checksServerName() {
        return config.autoSniSanValidation();
    }

    @Override
    boolean isServer() {
        return false;
    }

    @Override
    void free() {
        synchronized (sessions) {
            closed = true;
            sessions.forEach(each -> SSLSession.free(each.session()));
            sessions.clear();
        }
        synchronized (contexts) {
            contexts.values().forEach(SSLContext::free);
            contexts.clear();
        }
        if (credential != null) {
            credential.free();
        }
    }

    /** What BoringSSL tells of new sessions. */
    private final class Sessions implements SSLSessionCache {
        @Override
        public boolean sessionCreated(long ssl, long sslSession) {
            return keep(SSL.getSniHostname(ssl), sslSession);
        }

        @Override
        public long getSession(long ssl, byte[] sessionId) {
            return -1;
        }
    }
}
