// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.http2;

import static dev.outrigger.conformance.http2.Frames.ACK;
import static dev.outrigger.conformance.http2.Frames.END;
import static dev.outrigger.conformance.http2.Frames.END_HEADERS;
import static dev.outrigger.conformance.http2.Frames.GOAWAY;
import static dev.outrigger.conformance.http2.Frames.MAGIC;
import static dev.outrigger.conformance.http2.Frames.NONE;
import static dev.outrigger.conformance.http2.Frames.PING;
import static dev.outrigger.conformance.http2.Frames.SETTINGS;
import static dev.outrigger.conformance.http2.Frames.WINDOW_UPDATE;
import static dev.outrigger.conformance.http2.Frames.frame;
import static dev.outrigger.conformance.http2.Frames.headers;
import static dev.outrigger.conformance.http2.Frames.int32;
import static dev.outrigger.conformance.http2.Frames.join;
import static dev.outrigger.conformance.http2.Frames.setting;
import static dev.outrigger.conformance.http2.Frames.times;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.proxy.Eventually;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * How the proxies end connections over HTTP/2: of clients that make them write and do not read
 * (H11, L5), and in good order, when it is time or when the listener drains (K3).
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConnectionEndsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int PATIENCE_MILLIS = 8_000;
    private static final int HEAD_BYTES = 9;

    /** Small, so that what is not read soon waits in the proxy. */
    private static final int RECEIVE_BYTES = 4_096;

    /** What one write of a flood holds, and how much a proxy may take at most. */
    private static final int AT_ONCE = 500;

    private static final long MOST_BYTES = 256L << 20;

    private static final byte[] PREFACE = join(MAGIC, frame(SETTINGS, 0, 0, NONE));

    private SideBySide played = new SideBySide(Map.of(), Map.of());

    @BeforeAll
    void play(@TempDir Path folder) throws IOException {
        played = SideBySide.play(folder, ConnectionEndsIT::play);
    }

    @TestFactory
    Stream<DynamicTest> endAsWithEnvoy() {
        assertThat(played.oracle())
                .containsEntry("H11 pings", "ended, http2.outbound_control_flood: 1")
                .containsEntry("L5 answers", "ended, http2.outbound_flood: 1");
        return played.comparisons();
    }

    private static Map<String, String> play(ProxyUnderTest proxy, Path folder) throws IOException {
        Files.createDirectories(folder);
        Path bootstrap = folder.resolve("bootstrap.yaml");
        Files.writeString(bootstrap, config());
        var seen = new LinkedHashMap<String, String>();
        try (var running = proxy.start(bootstrap, folder)) {
            seen.put("H11 pings", flood(running, "outbound_control_flood", 1, pings()));
            seen.put("H11 settings", flood(running, "outbound_control_flood", 2, settings()));
            seen.put("L5 answers", flood(running, "outbound_flood", 1, NONE));
            seen.put("max duration", goodbye(running, "max"));
            seen.put("idle", goodbye(running, "idle"));
            try (var client = connect(running, "calm")) {
                client.getOutputStream().write(join(PREFACE, ask(1)));
                var heard = new ByteArrayOutputStream();
                FrameClient.read(client, heard, true);
                running.admin("POST", "/healthcheck/fail");
                client.getOutputStream().write(ask(3));
                client.setSoTimeout(PATIENCE_MILLIS);
                heard.writeBytes(client.getInputStream().readAllBytes());
                seen.put("told to drain", told(heard.toByteArray()) + ", closed");
            }
        }
        return seen;
    }

    private static byte[] pings() {
        return times(AT_ONCE, frame(PING, 0, 0, new byte[8]));
    }

    private static byte[] settings() {
        return times(AT_ONCE, frame(SETTINGS, 0, 0, NONE));
    }

    /** Writes and does not read until the proxy has had enough of it. */
    private static String flood(RunningProxy running, String stat, int count, byte[] again)
            throws IOException {
        long sent = 0;
        boolean ended = false;
        int stream = 1;
        try (var client = connect(running, again.length == 0 ? "narrow" : "calm")) {
            // Windows are no reason to wait with answers.
            client.getOutputStream()
                    .write(
                            join(
                                    PREFACE,
                                    setting(4, Integer.MAX_VALUE),
                                    frame(WINDOW_UPDATE, 0, 0, int32(Integer.MAX_VALUE - 65_535))));
            while (!ended && sent < MOST_BYTES) {
                byte[] next = again;
                if (next.length == 0) {
                    next = asks(stream);
                    stream += 2 * AT_ONCE;
                }
                client.getOutputStream().write(next);
                sent += next.length;
                ended = counted(running, stat) >= count;
            }
        } catch (IOException e) {
            ended = true;
        }
        var _ = Eventually.holds(PATIENCE, () -> counted(running, stat) >= count);
        return (ended ? "ended, " : "goes on, ") + "http2." + stat + ": " + counted(running, stat);
    }

    private static byte[] asks(int first) {
        var out = new ByteArrayOutputStream();
        for (int i = 0; i < AT_ONCE; i++) {
            out.writeBytes(ask(first + 2 * i));
        }
        return out.toByteArray();
    }

    /** One request, and what follows until the proxy closes. */
    private static String goodbye(RunningProxy running, String listener) throws IOException {
        try (var client = connect(running, listener)) {
            client.setSoTimeout(PATIENCE_MILLIS);
            client.getOutputStream().write(join(PREFACE, frame(SETTINGS, ACK, 0, NONE), ask(1)));
            return told(client.getInputStream().readAllBytes()) + ", closed";
        }
    }

    private static Socket connect(RunningProxy running, String listener) throws IOException {
        int port = Objects.requireNonNull(running.listenerPorts().get(listener));
        var client = new Socket();
        client.setReceiveBufferSize(RECEIVE_BYTES);
        client.setTcpNoDelay(true);
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return client;
    }

    private static byte[] ask(int stream) {
        return headers(
                END | END_HEADERS,
                stream,
                ":method",
                "GET",
                ":scheme",
                "http",
                ":authority",
                "a",
                ":path",
                "/");
    }

    /** What came, and of each GOAWAY the last stream it speaks of. */
    private static String told(byte[] bytes) {
        var goodbyes = new ArrayList<String>();
        int at = 0;
        while (bytes.length - at >= HEAD_BYTES) {
            var head = ByteBuffer.wrap(bytes, at, HEAD_BYTES);
            int lengthAndType = head.getInt();
            at += HEAD_BYTES;
            if ((lengthAndType & 255) == GOAWAY) {
                goodbyes.add(
                        ByteBuffer.wrap(bytes, at, 4).getInt()
                                + " with "
                                + ByteBuffer.wrap(bytes, at + 4, 4).getInt());
            }
            at += lengthAndType >>> 8;
        }
        return FrameClient.describe(bytes) + " goodbyes " + goodbyes;
    }

    private static long counted(RunningProxy running, String stat) {
        String line = "http2." + stat + ": ";
        try {
            return running.admin("GET", "/stats?filter=" + stat)
                    .body()
                    .lines()
                    .filter(each -> each.startsWith(line))
                    .mapToLong(each -> Long.parseLong(each.substring(line.length())))
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String config() {
        var listeners =
                List.of(
                        listener("calm", "", ""),
                        listener("narrow", "", "max_outbound_frames: 500"),
                        listener("max", "max_connection_duration: 0.5s", ""),
                        listener("idle", "idle_timeout: 0.5s", ""));
        return "admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}\n"
                + "static_resources:\n  listeners:\n"
                + String.join("", listeners);
    }

    private static String listener(String name, String common, String http2) {
        return """
          - name: %s
            address: {socket_address: {address: 127.0.0.1, port_value: 0}}
            filter_chains:
            - filters:
              - name: hcm
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: %s
                  drain_timeout: 0.3s
                  common_http_protocol_options: {%s}
                  http2_protocol_options: {%s}
                  route_config: {virtual_hosts: [{name: v, domains: ["*"], routes: [{match: {prefix: /}, direct_response: {status: 200, body: {inline_string: hello}}}]}]}
                  http_filters:
                  - name: router
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
        """
                .formatted(name, name, common, http2);
    }
}
