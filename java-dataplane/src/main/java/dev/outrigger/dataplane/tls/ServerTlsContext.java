// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import dev.outrigger.dataplane.config.CommonTlsConfig.Version;
import dev.outrigger.dataplane.config.DownstreamTlsConfig.SessionTicketKeys;
import dev.outrigger.dataplane.x509.Certificate;
import dev.outrigger.dataplane.x509.CertificateChain;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;
import io.netty.internal.tcnative.SessionTicketKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of a filter chain. With one certificate, BoringSSL has it from the start; with several,
 * one is chosen for each connection ({@link CertificateChoice}).
 */
final class ServerTlsContext extends TlsContext {
    private static final int TICKET_KEY_BYTES = 16;

    private final long context;
    private final List<CertificateChain> chains;
    private final List<Credential> credentials = new ArrayList<>();
    private final @Nullable CertificateChoice choice;
    private final boolean modern;

    /**
     * @param settings with every secret in its place
     * @param stats of the listener
     */
    ServerTlsContext(ServerSettings settings, TlsStats stats, @Nullable PeerValidator validator) {
        super(stats, validator, settings.keyLog());
        var config = settings.config();
        this.chains = settings.chains();
        this.modern = config.common().parameters().maximum() == Version.TLS_1_3;
        this.context = make(config.common(), true);
        this.choice =
                chains.size() > 1
                        ? new CertificateChoice(chains, config.fullScanCertsOnSniMismatch())
                        : null;
        if (!config.preferClientCiphers()) {
            SSLContext.setOptions(context, SSL.SSL_OP_CIPHER_SERVER_PREFERENCE);
        }
        setChains();
        setResumption(settings);
        setVerification(config.requireClientCertificate());
        KeyLogFile keys = keyLog();
        if (keys != null) {
            SSLContext.setKeyLogCallback(context, (_, line) -> TlsHandler.logKey(line));
        }
        SSL.clearError();
    }

    private void setChains() {
        chains.forEach(each -> credentials.add(Credential.of(each)));
        CertificateChoice among = choice;
        if (among == null) {
            credentials.getFirst().addTo(context);
            return;
        }
        SSLContext.setCertificateCallback(
                context,
                (ssl, _, _) -> {
                    TlsHandler connection = TlsHandler.current();
                    int index = 0;
                    if (connection != null) {
                        index =
                                among.choose(
                                        SSL.getSniHostname(ssl),
                                        connection.abilities().ecdsaCurves(modern));
                        connection.setOwn(index);
                    }
                    credentials.get(index).showOn(ssl);
                });
    }

    private void setResumption(ServerSettings settings) {
        var config = settings.config();
        SSLContext.setSessionIdContext(context, sessionContext(settings));
        if (!settings.hasTickets()) {
            SSLContext.setOptions(context, SSL.SSL_OP_NO_TICKET);
        } else {
            SSLContext.clearOptions(context, SSL.SSL_OP_NO_TICKET);
            settings.ticketKeys().ifPresent(this::setTicketKeys);
        }
        SSLContext.setSessionCacheMode(
                context,
                config.statefulResumption() ? SSL.SSL_SESS_CACHE_SERVER : SSL.SSL_SESS_CACHE_OFF);
        config.sessionTimeout()
                .ifPresent(t -> SSLContext.setSessionCacheTimeout(context, t.toSeconds()));
    }

    private void setTicketKeys(SessionTicketKeys keys) {
        SSLContext.setSessionTicketKeys(
                context,
                keys.keys().stream()
                        .map(key ->
                                new SessionTicketKey(
                                        Arrays.copyOfRange(key, 0, TICKET_KEY_BYTES),
                                        shortened(Arrays.copyOfRange(key, 16, 48)),
                                        shortened(Arrays.copyOfRange(key, 48, 80))))
                        .toArray(SessionTicketKey[]::new));
    }

    /**
     * The library has room for keys of 128 bits only. Who has the same keys makes the same of them,
     * so that proxies of this kind take up each other's sessions.
     */
    private static byte[] shortened(byte[] key) {
        return Arrays.copyOf(sha256().digest(key), TICKET_KEY_BYTES);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256", e);
        }
    }

    /** Sessions may be taken up where names, trust and filter chain are the same. */
    private byte[] sessionContext(ServerSettings settings) {
        MessageDigest digest = sha256();
        for (CertificateChain each : chains) {
            Certificate own = each.certificates().getFirst();
            add(digest, own.commonName());
            own.names().forEach(name -> add(digest, name.text()));
            digest.update(own.issuerName());
        }
        add(digest, settings.validationText());
        settings.serverNames().forEach(name -> add(digest, name));
        return digest.digest();
    }

    private static void add(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void setVerification(boolean required) {
        PeerValidator peers = validator();
        if (peers == null || !peers.asksForCertificate()) {
            SSLContext.setVerify(context, SSL.SSL_CVERIFY_NONE, 100);
            return;
        }
        String authorities = peers.authoritiesPem();
        if (!authorities.isEmpty()) {
            long bio = BoringSsl.bio(authorities);
            try {
                SSLContext.setCACertificateBio(context, bio);
            } finally {
                SSL.freeBIO(bio);
            }
        }
        boolean must = peers.needsCertificate() || (required && !authorities.isEmpty());
        verifyPeers(context, must ? SSL.SSL_CVERIFY_REQUIRED : SSL.SSL_CVERIFY_OPTIONAL);
    }

    @Override
    long newSsl(TlsHandler connection) {
        return SSL.newSSL(context, true);
    }

    @Override
    @Nullable Certificate ownCertificate(TlsHandler connection) {
        return chains.get(connection.own()).certificates().getFirst();
    }

    @Override
    boolean isServer() {
        return true;
    }

    @Override
    void free() {
        SSLContext.free(context);
        credentials.forEach(Credential::free);
    }
}
