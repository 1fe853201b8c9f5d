// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.tls;

import dev.outrigger.conformance.stage.Identities;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a client that trusts everybody, and what it sees: the protocol agreed on and
 * the answer to one request, or how it fails.
 *
 * @param identity shown when asked; {@code null} for none
 * @param protocols the versions offered
 * @param serverName asked for; empty for none
 * @param alpn offered; empty for none
 * @param header one more header line of the request, ended; empty for none
 */
public record TlsClient(
        @Nullable String identity,
        List<String> protocols,
        String serverName,
        List<String> alpn,
        String header) {
    private static final int PATIENCE_MILLIS = 8_000;

    public static TlsClient plain() {
        return new TlsClient(null, List.of("TLSv1.3", "TLSv1.2"), "", List.of(), "");
    }

    public static TlsClient with(String identity) {
        return new TlsClient(identity, plain().protocols, "", List.of(), "");
    }

    TlsClient speaking(String protocol) {
        return new TlsClient(identity, List.of(protocol), serverName, alpn, header);
    }

    public TlsClient asking(String name) {
        return new TlsClient(identity, protocols, name, alpn, header);
    }

    TlsClient offering(String... names) {
        return new TlsClient(identity, protocols, serverName, List.of(names), header);
    }

    TlsClient sending(String line) {
        return new TlsClient(identity, protocols, serverName, alpn, line + "\r\n");
    }

    /** What comes of a connection to this port. */
    public String play(int port, Identities identities) {
        return play(port, context(identities));
    }

    /** What comes of a second one that may go on with the first one's session. */
    String playTwice(int port, Identities identities) {
        SSLContext context = context(identities);
        return play(port, context) + "\n" + play(port, context);
    }

    private String play(int port, SSLContext context) {
        try (var raw = new Socket(InetAddress.getLoopbackAddress(), port);
                var socket = secure(raw, port, context)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.startHandshake();
            socket.getOutputStream()
                    .write(
                            ("GET /up HTTP/1.1\r\nhost: a.b\r\nconnection: close\r\n"
                                            + header
                                            + "\r\n")
                                    .getBytes(StandardCharsets.ISO_8859_1));
            String answer = read(socket.getInputStream());
            var own = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return socket.getSession().getProtocol()
                    + " "
                    + socket.getSession().getCipherSuite()
                    + " alpn="
                    + socket.getApplicationProtocol()
                    + " "
                    + own.getSubjectX500Principal()
                    + "\n"
                    + answer;
        } catch (IOException e) {
            return failure(e);
        }
    }

    /**
     * How it failed. A client of TLS 1.2 still writes when the proxy refuses it: whether it sees
     * the alert or that nobody listens any more is a race. And BoringSSL as Java knows it has no
     * way to the alert Envoy sends for a certificate that is none of those pinned.
     */
    private String failure(IOException e) {
        return protocols.contains("TLSv1.3")
                ? (e.getClass().getSimpleName() + ": " + e.getMessage())
                        .replace("bad_certificate_hash_value", "certificate_unknown")
                : "refused";
    }

    private SSLContext context(Identities identities) {
        try {
            KeyManager[] keys =
                    identity == null
                            ? new KeyManager[0]
                            : new KeyManager[] {new Showing(identities.of(identity))};
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, new TrustManager[] {new Trusting()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private SSLSocket secure(Socket raw, int port, SSLContext context) throws IOException {
        var socket =
                (SSLSocket) context.getSocketFactory().createSocket(raw, "127.0.0.1", port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(protocols.toArray(String[]::new));
        parameters.setApplicationProtocols(alpn.toArray(String[]::new));
        if (!serverName.isEmpty()) {
            parameters.setServerNames(List.of(new SNIHostName(serverName)));
        }
        socket.setSSLParameters(parameters);
        return socket;
    }

    /** To the end, without what differs between any two answers. */
    private static String read(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1)
                .replaceAll("(?m)^(date|x-envoy-upstream-service-time): .*\r\n", "")
                .replaceAll("(?m)^x-request-id: .*\r\n", "");
    }

    /** Shows its certificate whoever is said to be trusted. */
    private static final class Showing extends X509ExtendedKeyManager {
        private static final String[] ALIASES = {"own"};
        private final X509Bundle own;

        Showing(X509Bundle own) {
            this.own = own;
        }

        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            return ALIASES.clone();
        }

        @Override
        public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
            return ALIASES[0];
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            return new String[0];
        }

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal[] issuers, Socket socket) {
            return null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return own.getCertificatePath();
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return own.getKeyPair().getPrivate();
        }
    }

    /** The proxies are who they are. */
    static final class Trusting extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(
                X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

        @Override
        public void checkServerTrusted(
                X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
