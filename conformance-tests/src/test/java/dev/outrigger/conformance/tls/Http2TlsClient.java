// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.tls;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Set;
import java.util.TreeMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** A client that offers HTTP/2 and HTTP/1.1, and what it sees of one request. */
final class Http2TlsClient {
    /** Of headers that differ between any two answers. */
    private static final Set<String> VARYING = Set.of("date", "x-envoy-upstream-service-time");

    private Http2TlsClient() {}

    static String get(int port, String path) {
        try (HttpClient client =
                HttpClient.newBuilder()
                        .sslContext(trusting())
                        .version(HttpClient.Version.HTTP_2)
                        .connectTimeout(Duration.ofSeconds(8))
                        .build()) {
            HttpResponse<String> response =
                    client.send(
                            HttpRequest.newBuilder(
                                            URI.create("https://127.0.0.1:" + port + "/" + path))
                                    .timeout(Duration.ofSeconds(8))
                                    .build(),
                            BodyHandlers.ofString());
            var headers = new TreeMap<>(response.headers().map());
            headers.keySet().removeAll(VARYING);
            return response.version()
                    + " "
                    + response.statusCode()
                    + " "
                    + headers
                    + "\n"
                    + response.body();
        } catch (IOException e) {
            return e.getClass().getSimpleName();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static SSLContext trusting() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[0], new TrustManager[] {new TlsClient.Trusting()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
