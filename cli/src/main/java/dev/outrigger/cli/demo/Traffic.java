// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Service A's calls: plain HTTP to the sidecar's listener, naming the callee in {@code Host}. The
 * JVM has to run with {@code -Djdk.httpclient.allowRestrictedHeaders=host} for that.
 */
final class Traffic implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(LIMIT)
                    .build();

    /**
     * What came of a round.
     *
     * @param failure the first request that got no answer at all, and why
     */
    record Round(
            int requests,
            int succeeded,
            long p50Micros,
            long p99Micros,
            Optional<String> failure) {}

    /** Sends the requests of a round, so many at once, and waits for all of them. */
    Round send(int round, String sidecar, int port, String host, int requests, int connections)
            throws InterruptedException {
        var next = new AtomicInteger();
        var succeeded = new AtomicInteger();
        var failure = new AtomicReference<Optional<String>>(Optional.empty());
        var micros = new AtomicIntegerArray(requests);
        try (var threads = Executors.newFixedThreadPool(connections)) {
            for (int i = 0; i < connections; i++) {
                threads.execute(() -> {
                    for (int n = next.incrementAndGet();
                            n <= requests && !Thread.currentThread().isInterrupted();
                            n = next.incrementAndGet()) {
                        var number = round + "/" + sidecar + "/" + n;
                        long begun = System.nanoTime();
                        try {
                            if (status(port, host, number) == 200) {
                                succeeded.incrementAndGet();
                            }
                        } catch (IOException e) {
                            failure.compareAndSet(Optional.empty(), Optional.of(number + ": " + e));
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                        micros.set(n - 1, (int) ((System.nanoTime() - begun) / 1_000));
                    }
                });
            }
            threads.shutdown();
            if (!threads.awaitTermination(30, TimeUnit.MINUTES)) {
                threads.shutdownNow();
            }
        }
        var sorted = new int[requests];
        Arrays.setAll(sorted, micros::get);
        Arrays.sort(sorted);
        return new Round(
                requests,
                succeeded.get(),
                percentile(sorted, 50),
                percentile(sorted, 99),
                Objects.requireNonNull(failure.get()));
    }

    /** The status of one request. */
    int status(int port, String host, String number) throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                        .header("Host", host)
                        .header(DemoService.REQUEST_HEADER, number)
                        .timeout(LIMIT)
                        .GET()
                        .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    /** The smallest value that so many percent of all are not above. */
    private static long percentile(int[] sorted, int percent) {
        int rank = (int) Math.ceil(percent / 100.0 * sorted.length);
        return sorted[Math.max(rank, 1) - 1];
    }
}
