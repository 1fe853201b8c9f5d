// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import io.helidon.common.socket.SocketOptions;
import io.helidon.common.tls.Tls;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** One socket that answers calls. Listens until closed. */
final class ApiSocket implements AutoCloseable {
    private static final int MAX_CONCURRENT_REQUESTS = 512;
    private static final Duration SWEEP = Duration.ofSeconds(1);

    /** Connections that are closed already and still count for Helidon. */
    private static final int CLOSING_SHARE = 8;

    private final WebServer server;
    private final ConnectionGuard guard;
    private final ScheduledExecutorService thread;

    private ApiSocket(WebServer server, ConnectionGuard guard) {
        this.server = server;
        this.guard = guard;
        this.thread =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("api-connections").daemon().factory());
        every(SWEEP, guard::sweep);
    }

    /** Where calls go, and what those of one socket have in common. */
    record Calls(Callers callers, Admission admission, Bodies bodies, List<Operation> operations) {}

    /**
     * @throws UncheckedIOException naming the address if it is taken or not ours
     */
    static ApiSocket listen(
            InetSocketAddress address,
            Calls calls,
            Optional<Tls> tls,
            ConnectionLimits limits,
            RequestIds ids,
            ApiMetrics metrics) {
        var guard = new ConnectionGuard(limits, System::nanoTime, metrics);
        var edge = new EdgeFilter(metrics, ids, guard);
        var routing = HttpRouting.builder();
        // Outermost, so that the refusals of the other filter are problems and are counted.
        routing.addFilter(edge);
        routing.error(Throwable.class, edge::answer);
        if (PolicyApiServer.isLoopback(address.getHostString())) {
            routing.addFilter(new LoopbackHosts());
        }
        new Routes(calls.callers(), calls.admission(), calls.bodies(), guard)
                .add(routing, calls.operations());
        routing.any(Methods.notFound());
        var server = build(address, routing, tls, limits, ids, guard);
        requireFree(address);
        server.start();
        if (!server.isRunning()) {
            // Lost a race for the port; Helidon logs why and returns.
            throw cannotListen(address, new BindException("see the log"));
        }
        return new ApiSocket(server, guard);
    }

    int port() {
        return server.port();
    }

    /** Connections that are open. */
    int connections() {
        return guard.size();
    }

    /** From the next handshake on. */
    void use(Tls tls) {
        server.reloadTls(tls);
    }

    /** Until the socket is closed. */
    void every(Duration interval, Runnable task) {
        thread.scheduleWithFixedDelay(
                task, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Stops accepting and waits a moment for requests in progress; idempotent. */
    @Override
    public void close() {
        server.stop();
        thread.shutdownNow();
    }

    private static WebServer build(
            InetSocketAddress address,
            HttpRouting.Builder routing,
            Optional<Tls> tls,
            ConnectionLimits limits,
            RequestIds ids,
            ConnectionGuard guard) {
        var problems = DirectHandlers.builder();
        for (EventType type : EventType.values()) {
            problems.addHandler(type, new ProblemDirectHandler(ids));
        }
        var builder =
                WebServer.builder()
                        .host(address.getHostString())
                        .port(address.getPort())
                        .shutdownHook(false)
                        .featuresDiscoverServices(false)
                        .maxTcpConnections(limits.max() + limits.max() / CLOSING_SHARE + 1)
                        .maxConcurrentRequests(MAX_CONCURRENT_REQUESTS)
                        .shutdownGracePeriod(Duration.ofSeconds(2))
                        // Helidon's own bound takes a long request for an idle connection, and
                        // does not know connections that never asked: the guard does.
                        .idleConnectionTimeout(RevisionService.MAX_WAIT.plusMinutes(1))
                        .connectionOptions(
                                new GuardedConnections(SocketOptions.builder().build(), guard))
                        .directHandlers(problems.build())
                        .routing(routing);
        tls.ifPresent(builder::tls);
        return builder.build();
    }

    /** Helidon would only log that a port is taken. */
    private static void requireFree(InetSocketAddress address) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(address);
        } catch (IOException e) {
            throw cannotListen(address, e);
        }
    }

    private static UncheckedIOException cannotListen(InetSocketAddress address, IOException e) {
        var named =
                new BindException(
                        "Cannot listen on "
                                + address.getHostString()
                                + ":"
                                + address.getPort()
                                + ": "
                                + e.getMessage());
        named.initCause(e);
        return new UncheckedIOException(named);
    }
}
