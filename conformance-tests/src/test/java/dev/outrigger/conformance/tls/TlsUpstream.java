// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.tls;

import dev.outrigger.conformance.stage.Identities;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/** A host that answers each request with what it sees of the connection and its caller. */
final class TlsUpstream implements AutoCloseable {
    private final SSLServerSocket listening;

    /**
     * @param needsClient whether callers must show a certificate of the test's authority
     */
    TlsUpstream(Identities identities, String identity, boolean needsClient, String... protocols)
            throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        TrustManager[] trust = identities.of("ca").toTrustManagerFactory().getTrustManagers();
        context.init(identities.of(identity).toKeyManagerFactory().getKeyManagers(), trust, null);
        listening =
                (SSLServerSocket)
                        context.getServerSocketFactory()
                                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        listening.setNeedClientAuth(needsClient);
        if (protocols.length > 0) {
            listening.setEnabledProtocols(protocols);
        }
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                var socket = (SSLSocket) listening.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void serve(SSLSocket socket) {
        try (socket) {
            var in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.ISO_8859_1));
            String forwarded = "";
            String line = in.readLine();
            while (line != null) {
                if (line.startsWith("x-forwarded-")
                        || line.startsWith("authorization: ")
                        || line.startsWith("x-key: ")) {
                    forwarded += line + "\n";
                }
                if (line.isEmpty()) {
                    answer(socket, forwarded);
                    forwarded = "";
                }
                line = in.readLine();
            }
        } catch (IOException | GeneralSecurityException e) {
            // The proxy gave up, which is what some cases are about.
            return;
        }
    }

    private static void answer(SSLSocket socket, String forwarded)
            throws IOException, GeneralSecurityException {
        var session = (ExtendedSSLSession) socket.getSession();
        String peer = "nobody";
        if (socket.getNeedClientAuth()) {
            peer =
                    ((X509Certificate) session.getPeerCertificates()[0])
                            .getSubjectX500Principal()
                            .getName();
        }
        String seen =
                session.getProtocol()
                        + " sni="
                        + List.copyOf(session.getRequestedServerNames())
                        + " peer="
                        + peer
                        + "\n"
                        + forwarded;
        socket.getOutputStream()
                .write(
                        ("HTTP/1.1 200 OK\r\ncontent-length: " + seen.length() + "\r\n\r\n" + seen)
                                .getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
