// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import dev.outrigger.policy.document.DocumentReader.Format;
import dev.outrigger.policy.document.Quoted;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Reads the bodies of requests: of known types, not too large, not too slow. Any thread. */
final class Bodies {
    /** Other names of YAML, from before it had one of its own. */
    private static final Set<String> OLD_YAML = Set.of("application/x-yaml", "text/yaml");

    private static final String YAML = "application/yaml";

    private final int maxBytes;
    private final Duration timeout;

    Bodies(int maxBytes, Duration timeout) {
        this.maxBytes = maxBytes;
        this.timeout = timeout;
    }

    /** A body with the format it is declared to have. */
    @SuppressWarnings("ArrayRecordComponent") // Confined to its request; nobody compares bodies.
    record Body(byte[] bytes, String type) {
        Format format() {
            return type.endsWith("json") ? Format.JSON : Format.YAML;
        }
    }

    /**
     * Reads the body and leaves it with the request, for {@link #of}; one that is too large is
     * refused without reading on.
     */
    void read(ServerRequest request, Operation.Payload payload) {
        if (request.content().hasEntity() || payload.required()) {
            request.context().register(read(request, payload.types()));
        }
    }

    /** The body that was read, if there was one. */
    static Optional<Body> find(ServerRequest request) {
        return request.context().get(Body.class);
    }

    /** The body that was read; a problem if there was none. */
    static Body of(ServerRequest request) {
        return find(request).orElseThrow(Bodies::missing);
    }

    private static Problem.Raised missing() {
        return Problem.of(400, "Body missing", "The request has no body.").raise();
    }

    private Body read(ServerRequest request, List<String> types) {
        String type = type(request, types);
        var encoding = request.headers().first(HeaderNames.CONTENT_ENCODING);
        if (encoding.isPresent() && !encoding.get().equalsIgnoreCase("identity")) {
            throw unsupported(
                    "Content-Encoding " + Quoted.of(encoding.get()) + " is not supported.");
        }
        if (request.headers().contentLength().orElse(0) > maxBytes) {
            throw tooLarge();
        }
        if (!request.content().hasEntity()) {
            throw missing();
        }
        byte[] bytes = readInTime(request);
        if (bytes.length > maxBytes) {
            throw tooLarge();
        }
        return new Body(bytes, type);
    }

    /**
     * Helidon's sockets have no read timeout, so another thread reads. When it takes too long, the
     * answer closes the connection, which ends that thread.
     */
    private byte[] readInTime(ServerRequest request) {
        var read = new CompletableFuture<byte[]>();
        Thread.ofVirtual()
                .name("body")
                .start(() -> {
                    try (InputStream in = request.content().inputStream()) {
                        read.complete(in.readNBytes(maxBytes + 1));
                    } catch (IOException | RuntimeException e) {
                        read.completeExceptionally(e);
                    }
                });
        try {
            return read.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            throw Problem.of(408, "Request timed out", "The body did not come in time.").raise();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException _, UncheckedIOException _ ->
                        throw Problem.of(
                                        400,
                                        "Body broken off",
                                        "The body could not be read to its end.")
                                .raise();
                case RuntimeException other -> throw other;
                case null, default -> throw new IllegalStateException(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.of(503, "Stopping", "The control plane is stopping.").raise();
        }
    }

    private static String type(ServerRequest request, List<String> types) {
        String given = request.headers().first(HeaderNames.CONTENT_TYPE).orElse("");
        String[] parts = given.toLowerCase(Locale.ROOT).split(";", 2);
        String type = parts[0].strip();
        String expected = " (expected: " + String.join(" or ", types) + ").";
        if (type.isEmpty()) {
            throw unsupported("The request has no Content-Type" + expected);
        }
        if (type.equals("application/x-www-form-urlencoded")) {
            throw unsupported(
                    "Content-Type is application/x-www-form-urlencoded, which curl sends unless"
                            + " told otherwise: add -H 'Content-Type: application/yaml', and use"
                            + " --data-binary so that line breaks survive.");
        }
        boolean isKnown = types.contains(type) || (types.contains(YAML) && OLD_YAML.contains(type));
        if (!isKnown) {
            throw unsupported("Content-Type " + Quoted.of(given) + " is not supported" + expected);
        }
        boolean otherCharset =
                parts.length > 1
                        && parts[1].contains("charset")
                        && !parts[1].replaceAll("[\\s\"]", "").contains("charset=utf-8");
        if (otherCharset) {
            throw unsupported("Content-Type " + Quoted.of(given) + ": only UTF-8 is supported.");
        }
        return type;
    }

    private static Problem.Raised unsupported(String detail) {
        return Problem.of(415, "Media type not supported", detail).raise();
    }

    private Problem.Raised tooLarge() {
        return Problem.of(
                        413,
                        "Body too large",
                        "The body is larger than " + maxBytes + " bytes, the limit.")
                .raise();
    }
}
