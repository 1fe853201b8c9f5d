// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.demo;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A proxy's admin interface, Envoy or Java alike. */
public final class AdminClient implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final int port;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(LIMIT).build();

    AdminClient(int port) {
        this.port = port;
    }

    /** Whether it has received its configuration and serves. */
    public boolean isReady() {
        try {
            return get("/ready").statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** A counter; 0 when it is not listed, as Envoy leaves out what it never counted. */
    public long counter(String name) throws IOException, InterruptedException {
        var filter = "^" + name.replace(".", "\\.") + "$";
        var answer = get("/stats?filter=" + URLEncoder.encode(filter, StandardCharsets.UTF_8));
        if (answer.statusCode() != 200) {
            throw new IOException("admin /stats answered status " + answer.statusCode());
        }
        for (var line : answer.body().lines().toList()) {
            int colon = line.lastIndexOf(": ");
            if (colon > 0 && line.substring(0, colon).equals(name)) {
                return Long.parseLong(line.substring(colon + 2).trim());
            }
        }
        return 0;
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(LIMIT)
                        .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
