// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R18: clients that never finish the head of a request stop nobody else. */
class SlowClientsTest {
    private static final int MAX_CONNECTIONS = 256;
    private static final String HALF =
            "GET /api/v1/services HTTP/1.1\r\nHost: localhost\r\nX-Slow: ";
    private static final String WHOLE =
            "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    @TempDir Path directory;
    private final List<Socket> sockets = new ArrayList<>();
    private final AtomicReference<@Nullable RunningApi> running = new AtomicReference<>();

    private RunningApi start(ConnectionLimits limits) {
        var api =
                new RunningApi(
                        directory,
                        PolicyApiOptions.DEFAULT
                                .withPorts(0, 0)
                                .withConnections(limits)
                                .withRequestsPerSecond(100_000));
        running.set(api);
        return api;
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        var api = running.get();
        if (api != null) {
            api.close();
        }
    }

    private Socket open(RunningApi api, String first) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), api.server.port());
        sockets.add(socket);
        socket.getOutputStream().write(first.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Ten thousand, or as many as this process may have files for. */
    private static int manyConnections() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean os
                ? (int) Math.min(10_000, os.getMaxFileDescriptorCount() / 2)
                : 2_000;
    }

    @Test
    void r18TenThousandHalfOpenConnectionsDelayNobody() throws IOException {
        var api = start(ConnectionLimits.DEFAULT.withMax(MAX_CONNECTIONS));
        int many = manyConnections();
        Duration slowest = Duration.ZERO;

        for (int i = 0; i < many; i++) {
            open(api, HALF);
            if (i % 250 == 249) {
                long start = System.nanoTime();
                assertThat(api.raw(WHOLE)).startsWith("HTTP/1.1 200");
                var took = Duration.ofNanos(System.nanoTime() - start);
                slowest = took.compareTo(slowest) > 0 ? took : slowest;
            }
        }

        assertThat(slowest).isLessThan(Duration.ofSeconds(2));
        assertThat(api.server.connections()).isLessThanOrEqualTo(MAX_CONNECTIONS);
    }

    @Test
    void r18AHeadThatIsNotFinishedInTimeEndsItsConnection() throws IOException {
        var api = start(ConnectionLimits.DEFAULT.withHead(Duration.ofMillis(200)));

        Socket slow = open(api, HALF);

        slow.setSoTimeout(5_000);
        assertThat(slow.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void aConnectionNobodyUsesAnyMoreEnds() throws IOException {
        var api = start(ConnectionLimits.DEFAULT.withIdle(Duration.ofMillis(200)));

        Socket idle = open(api, WHOLE.replace("Connection: close\r\n", ""));

        idle.setSoTimeout(5_000);
        assertThat(new String(idle.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                .startsWith("HTTP/1.1 200");
    }
}
