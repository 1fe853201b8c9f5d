// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import dev.outrigger.dataplane.x509.Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of a connection as headers and logs speak of it; empty texts while the handshake lasts.
 * Confined to the connection's event loop.
 */
public interface TlsInfo {
    /** {@code TLSv1.3} and the like. */
    String version();

    /** The cipher suite by OpenSSL's name. */
    String cipher();

    /** The group keys were agreed in, by BoringSSL's name. */
    String group();

    /** The name the client asked for. */
    String serverName();

    /** The protocol agreed on. */
    String alpn();

    /** In lower case hex. */
    String sessionId();

    /** What the peer sent, its own certificate first; empty for none. */
    List<Certificate> peerChain();

    /** Whether the peer's certificate was asked for, sent and found good. */
    boolean isPeerValidated();

    /** The certificate that vouched for the peer's; {@code null} where nobody looked for it. */
    @Nullable Certificate peerIssuer();

    /** What this side shows of itself; {@code null} for nothing. */
    @Nullable Certificate ownCertificate();

    /** How long the handshake took; -1 while it lasts. */
    long handshakeNanos();

    /** When the peer's first bytes came, in monotonic nanoseconds; -1 before. */
    long heardNanos();

    /** When the handshake was over, in monotonic nanoseconds; -1 while it lasts. */
    long securedNanos();

    /** Why the connection failed, in Envoy's form; empty while it has not. */
    String failureReason();

    /** The peer's certificate; {@code null} for none. */
    default @Nullable Certificate peerCertificate() {
        List<Certificate> chain = peerChain();
        return chain.isEmpty() ? null : chain.getFirst();
    }
}
