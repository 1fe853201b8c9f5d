// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API behind TLS: certificates of callers, and certificates that change. */
class TlsTest {
    @TempDir Path directory;
    private X509Bundle servers;
    private X509Bundle callers;
    private RunningApi api;

    @BeforeEach
    void start() throws Exception {
        servers = authority("servers");
        callers = authority("callers");
        use(issue(servers, "first"), callers);
        api = new RunningApi(directory, options());
    }

    private PolicyApiOptions options() {
        var files =
                new ApiSecurity.ServerFiles(
                        directory.resolve("cert.pem"),
                        directory.resolve("key.pem"),
                        Optional.of(directory.resolve("ca.pem")));
        return PolicyApiOptions.DEFAULT
                .withPorts(0, 0)
                .withSecurity(
                        new ApiSecurity(
                                Optional.of(files),
                                Optional.empty(),
                                List.of(
                                        RoleBinding.parse("ann=editor"),
                                        RoleBinding.parse("bo=x:viewer"))));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private static X509Bundle authority(String name) throws Exception {
        return valid().subject("CN=" + name).setIsCertificateAuthority(true).buildSelfSigned();
    }

    private static X509Bundle issue(X509Bundle authority, String name) throws Exception {
        return valid().subject("CN=" + name)
                .addSanIpAddress("127.0.0.1")
                .addExtendedKeyUsageServerAuth()
                .addExtendedKeyUsageClientAuth()
                .buildIssuedBy(authority);
    }

    private static CertificateBuilder valid() {
        var now = Instant.now();
        return new CertificateBuilder()
                .ecp256()
                .notBefore(now.minus(Duration.ofHours(1)))
                .notAfter(now.plus(Duration.ofDays(1)));
    }

    private void use(X509Bundle own, X509Bundle authority) throws IOException {
        Files.writeString(directory.resolve("cert.pem"), own.getCertificatePathPEM());
        Files.writeString(directory.resolve("key.pem"), own.getPrivateKeyPEM());
        Files.writeString(directory.resolve("ca.pem"), authority.getCertificatePEM());
    }

    private TrustManager[] trusting() throws Exception {
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("ca", servers.getCertificate());
        trust.init(store);
        return trust.getTrustManagers();
    }

    /** A new client, so that nothing of an earlier handshake is used again. */
    private HttpResponse<String> call(@Nullable X509Bundle own, String method, String path)
            throws Exception {
        KeyManagerFactory keys = null;
        if (own != null) {
            keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            var mine = KeyStore.getInstance("PKCS12");
            mine.load(null, null);
            mine.setKeyEntry(
                    "own",
                    own.getKeyPair().getPrivate(),
                    new char[0],
                    own.getCertificatePathWithRoot());
            keys.init(mine, new char[0]);
        }
        var context = SSLContext.getInstance("TLS");
        context.init(keys == null ? null : keys.getKeyManagers(), trusting(), null);
        try (var client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .sslContext(context)
                        .build()) {
            return client.send(
                    HttpRequest.newBuilder(
                                    URI.create("https://127.0.0.1:" + api.server.port() + path))
                            .timeout(Duration.ofSeconds(10))
                            .method(method, HttpRequest.BodyPublishers.noBody())
                            .build(),
                    BodyHandlers.ofString());
        }
    }

    @Test
    void knowsACallerByTheCertificate() throws Exception {
        assertThat(call(issue(callers, "ann"), "GET", "/api/v1/services").statusCode())
                .isEqualTo(200);
        assertThat(call(issue(callers, "bo"), "GET", "/api/v1/services?namespace=x").statusCode())
                .isEqualTo(200);
        assertThat(
                        call(issue(callers, "bo"), "DELETE", "/api/v1/services/b?namespace=x")
                                .statusCode())
                .isEqualTo(403);
    }

    @Test
    void aStrangerWithAGoodCertificateMayDoNothing() throws Exception {
        assertThat(call(issue(callers, "eve"), "GET", "/api/v1/services").statusCode())
                .isEqualTo(403);
    }

    @Test
    void whoShowsNoneIsAskedForOne() throws Exception {
        assertThat(call(null, "GET", "/api/v1/services").statusCode()).isEqualTo(401);
        assertThat(call(null, "GET", "/health/live").statusCode()).isEqualTo(200);
    }

    @Test
    void aCertificateOfOthersEndsTheHandshake() throws Exception {
        var foreign = issue(authority("callers"), "ann");

        assertThatThrownBy(() -> call(foreign, "GET", "/api/v1/services"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void newCertificatesAreUsedFromTheNextHandshakeOn() throws Exception {
        assertThat(served()).contains("CN=first");
        // Of the same name, or the old certificate would not even be shown.
        var newCallers = authority("callers");
        use(issue(servers, "second"), newCallers);

        api.server.checkCertificates();

        assertThat(served()).contains("CN=second");
        assertThat(call(issue(newCallers, "ann"), "GET", "/api/v1/services").statusCode())
                .isEqualTo(200);
        assertThatThrownBy(() -> call(issue(callers, "ann"), "GET", "/api/v1/services"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void filesThatDoNotBelongTogetherChangeNothing() throws Exception {
        Files.writeString(directory.resolve("key.pem"), issue(servers, "other").getPrivateKeyPEM());
        api.server.checkCertificates();
        assertThat(served()).contains("CN=first");
        Files.writeString(directory.resolve("cert.pem"), "nonsense");
        api.server.checkCertificates();
        assertThat(served()).contains("CN=first");

        use(issue(servers, "third"), callers);
        api.server.checkCertificates();

        assertThat(served()).contains("CN=third");
    }

    @Test
    void r18AHandshakeThatDoesNotGoOnEnds() throws Exception {
        var limits = ConnectionLimits.DEFAULT.withHead(Duration.ofMillis(200));
        var elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        try (var other = new RunningApi(elsewhere, options().withConnections(limits));
                var socket = new Socket(InetAddress.getLoopbackAddress(), other.server.port())) {
            socket.getOutputStream().write(new byte[] {22, 3, 1}); // A record begins so.
            socket.setSoTimeout(5_000);

            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void r19OffersNoHttp2() throws Exception {
        var context = SSLContext.getInstance("TLS");
        context.init(null, trusting(), null);
        for (String[] offered : new String[][] {{"h2", "http/1.1"}, {"h2"}}) {
            try (var socket =
                    (SSLSocket)
                            context.getSocketFactory()
                                    .createSocket("127.0.0.1", api.server.port())) {
                var parameters = socket.getSSLParameters();
                parameters.setApplicationProtocols(offered);
                socket.setSSLParameters(parameters);
                socket.setSoTimeout(10_000);
                String chosen;
                try {
                    socket.startHandshake();
                    chosen = socket.getApplicationProtocol();
                } catch (SSLException _) {
                    chosen = "none";
                }

                assertThat(chosen).isNotEqualTo("h2");
            }
        }
    }

    @Test
    void plaintextGetsNoAnswer() {
        assertThatThrownBy(() -> api.get("/health/live"))
                .isInstanceOf(java.io.UncheckedIOException.class);
    }

    private String served() throws Exception {
        var answer = call(null, "GET", "/health/live");
        var chain = answer.sslSession().orElseThrow().getPeerCertificates();
        return ((X509Certificate) chain[0]).getSubjectX500Principal().getName();
    }
}
