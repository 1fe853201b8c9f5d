// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import dev.outrigger.dataplane.message.TlsInfo;
import dev.outrigger.dataplane.tls.PeerValidator.Result;
import dev.outrigger.dataplane.tls.PeerValidator.Status;
import dev.outrigger.dataplane.x509.Certificate;
import io.netty.internal.tcnative.SSL;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a connection's TLS; texts are asked for of BoringSSL when somebody wants them,
 * and kept. Confined to the connection's event loop.
 */
final class Session implements TlsInfo {
    private static final byte[] NO_ID = {};

    private final TlsHandler connection;
    private long startedNanos;
    private long handshakeNanos = -1;
    private long heardNanos = -1;
    private long securedNanos = -1;
    private String failureReason = "";
    private boolean resumed;
    private @Nullable String version;
    private @Nullable String cipher;
    private @Nullable String group;
    private @Nullable String serverName;
    private @Nullable String alpn;
    private @Nullable String sessionId;
    private @Nullable List<Certificate> peerChain;

    Session(TlsHandler connection) {
        this.connection = connection;
    }

    void started(long now) {
        startedNanos = now;
    }

    /** The peer has sent something. */
    void heard(long now) {
        heardNanos = now;
    }

    boolean hasHeard() {
        return heardNanos >= 0;
    }

    /**
     * @param reused whether an earlier session goes on
     */
    void finished(long now, boolean reused) {
        handshakeNanos = now - startedNanos;
        securedNanos = now;
        resumed = reused;
    }

    void failed(String reason) {
        failureReason = reason;
    }

    private boolean isOpen() {
        return handshakeNanos >= 0 && connection.ssl() != 0;
    }

    /** The native object goes: what logs at the end of a connection may ask for is read now. */
    void keep() {
        String lastVersion = version();
        List<Certificate> lastChain = peerChain();
        if (handshakeNanos >= 0) {
            cipher = cipher();
            group = group();
            alpn = alpn();
            sessionId = sessionId();
        }
        serverName = serverName();
        version = lastVersion;
        peerChain = lastChain;
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    @Override
    public String version() {
        if (version == null && connection.ssl() != 0) {
            // Before it is agreed on, BoringSSL names one all the same, as logs of Envoy show.
            String now = orEmpty(SSL.getVersion(connection.ssl()));
            if (!isOpen()) {
                return now;
            }
            version = now;
        }
        return orEmpty(version);
    }

    @Override
    public String cipher() {
        if (cipher == null && isOpen()) {
            cipher = orEmpty(SSL.getCipherForSSL(connection.ssl()));
        }
        return orEmpty(cipher);
    }

    @Override
    public String group() {
        if (group == null && isOpen()) {
            try {
                group = orEmpty(SSL.getGroupName(connection.ssl()));
            } catch (Exception e) {
                group = "";
            }
        }
        return orEmpty(group);
    }

    @Override
    public String serverName() {
        if (!connection.context().isServer()) {
            return connection.serverNameAsked();
        }
        if (serverName == null && connection.ssl() != 0) {
            String asked = SSL.getSniHostname(connection.ssl());
            if (asked == null) {
                return "";
            }
            serverName = asked;
        }
        return orEmpty(serverName);
    }

    @Override
    public String alpn() {
        if (alpn == null && isOpen()) {
            alpn = orEmpty(SSL.getAlpnSelected(connection.ssl()));
        }
        return orEmpty(alpn);
    }

    @Override
    public String sessionId() {
        if (sessionId == null && isOpen()) {
            byte[] id = SSL.getSessionId(connection.ssl());
            sessionId = HexFormat.of().formatHex(id == null ? NO_ID : id);
        }
        return orEmpty(sessionId);
    }

    @Override
    public List<Certificate> peerChain() {
        List<Certificate> known = peerChain;
        if (known == null && connection.ssl() != 0) {
            known = readPeerChain();
            if (isOpen()) {
                peerChain = known;
            }
        }
        return known == null ? List.of() : known;
    }

    private List<Certificate> readPeerChain() {
        byte[] own = SSL.getPeerCertificate(connection.ssl());
        if (own == null || own.length == 0) {
            return List.of();
        }
        var encoded = new ArrayList<byte[]>();
        byte[][] more = SSL.getPeerCertChain(connection.ssl());
        if (connection.context().isServer()) {
            // There the chain comes without the peer's own certificate.
            encoded.add(own);
        }
        if (more != null) {
            encoded.addAll(List.of(more));
        }
        return PeerValidator.read(encoded.toArray(byte[][]::new));
    }

    /** By which the peer proved that it has its key, so far as that can be told afterwards. */
    String peerSignatureAlgorithm() {
        Certificate peer = peerCertificate();
        if (peer == null) {
            return "";
        }
        return switch (peer.keyType()) {
            case RSA ->
                    version().equals("TLSv1") || version().equals("TLSv1.1")
                            ? "rsa_pkcs1_md5_sha1"
                            : "rsa_pss_rsae_sha256";
            case EC_P256 -> "ecdsa_secp256r1_sha256";
            case EC_P384 -> "ecdsa_secp384r1_sha384";
            case EC_P521 -> "ecdsa_secp521r1_sha512";
            case OTHER -> "";
        };
    }

    @Override
    public boolean isPeerValidated() {
        Result result = connection.verified();
        return result != null && result.status() == Status.VALIDATED;
    }

    @Override
    public @Nullable Certificate peerIssuer() {
        Result result = connection.verified();
        // Of a resumed session Envoy knows the peer, and not who vouched for it.
        return result == null || resumed || result.chain().size() < 2
                ? null
                : result.chain().get(1);
    }

    @Override
    public @Nullable Certificate ownCertificate() {
        return connection.context().ownCertificate(connection);
    }

    @Override
    public long handshakeNanos() {
        return handshakeNanos;
    }

    @Override
    public long heardNanos() {
        return heardNanos;
    }

    @Override
    public long securedNanos() {
        return securedNanos;
    }

    @Override
    public String failureReason() {
        return failureReason;
    }
}
