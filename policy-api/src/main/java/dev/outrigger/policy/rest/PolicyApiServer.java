// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import dev.outrigger.policy.kind.field.Hosts;
import dev.outrigger.policy.model.PolicyKind;
import dev.outrigger.policy.store.PolicyWrites;
import dev.outrigger.policy.store.StoreUnavailable;
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
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * The REST API on one socket, health and metrics on another. Runs until closed; closing it leaves
 * the store open.
 */
public final class PolicyApiServer implements AutoCloseable {
    private static final int MAX_CONNECTIONS = 1_024;
    private static final int MAX_CONCURRENT_REQUESTS = 512;

    private final WebServer api;
    private final WebServer admin;

    private PolicyApiServer(WebServer api, WebServer admin) {
        this.api = api;
        this.admin = admin;
    }

    /**
     * Binds both sockets.
     *
     * @throws ApiSecurityException if others could reach it without saying who they are, or naming
     *     the file that cannot be used
     * @throws UncheckedIOException naming the address, if one is taken or not ours; nothing is left
     *     bound then
     */
    public static PolicyApiServer start(PolicyApiOptions options, PolicyApi api) {
        return start(options, api, new SecureRandom());
    }

    static PolicyApiServer start(PolicyApiOptions options, PolicyApi api, RandomGenerator random) {
        var security = options.security();
        security.problem(options.host(), isLoopback(options.host()))
                .ifPresent(problem -> {
                    throw new ApiSecurityException(problem);
                });
        Optional<Tls> tls = security.tls().map(ApiTls::tls);
        var callers = ApiTls.callers(security, InstantSource.system());
        api.metrics().observe(api.store(), api.reader().kinds());
        byte[] cursorKey = new byte[32];
        random.nextBytes(cursorKey);
        var ids = new RequestIds(hex(random, 4));
        var edge = new EdgeFilter(api.metrics(), ids);

        HttpRouting.Builder apiRouting = routing(edge, options.host());
        var admission =
                new Admission(
                        new RequestRates(
                                options.requestsPerSecond(),
                                2 * options.requestsPerSecond(),
                                System::nanoTime),
                        api.metrics());
        var bodies = new Bodies(options.maxBodyBytes(), options.bodyTimeout());
        var routes = new Routes(callers, admission, bodies);
        routes.add(
                apiRouting,
                operations(options, api, new Cursors(cursorKey), new Plans(() -> hex(random, 16))));
        apiRouting.any(Methods.notFound());
        WebServer apiServer = listen(options.host(), options.port(), apiRouting, ids, tls);

        HttpRouting.Builder adminRouting = routing(edge, options.adminHost());
        routes.add(adminRouting, health(api).operations());
        routes.add(adminRouting, new MetricsService(api.registry()).operations());
        adminRouting.any(Methods.notFound());
        try {
            return new PolicyApiServer(
                    apiServer,
                    listen(
                            options.adminHost(),
                            options.adminPort(),
                            adminRouting,
                            ids,
                            Optional.empty()));
        } catch (RuntimeException e) {
            apiServer.stop();
            throw e;
        }
    }

    /** The port of the REST API. */
    public int port() {
        return api.port();
    }

    /** The port of health and metrics. */
    public int adminPort() {
        return admin.port();
    }

    /** Stops accepting and waits a moment for requests in progress; idempotent. */
    @Override
    public void close() {
        api.stop();
        admin.stop();
    }

    private static HttpRouting.Builder routing(EdgeFilter edge, String host) {
        HttpRouting.Builder routing = HttpRouting.builder();
        // Outermost, so that the refusals of the other filter are problems and are counted.
        routing.addFilter(edge);
        routing.error(Throwable.class, edge::answer);
        if (isLoopback(host)) {
            routing.addFilter(new LoopbackHosts());
        }
        return routing;
    }

    private static String hex(RandomGenerator random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost")
                || Hosts.parse(host).filter(ip -> ip.isLoopbackAddress()).isPresent();
    }

    /** Every call of the REST API. */
    static List<Operation> operations(
            PolicyApiOptions options, PolicyApi api, Cursors cursors, Plans plans) {
        var writes = new PolicyWrites(api.reader(), api.store());
        var snapshots = new Snapshots();
        var operations = new ArrayList<Operation>();
        operations.addAll(
                new ApplyService(writes, api.metrics(), api.effects(), plans).operations());
        operations.addAll(new EffectiveService(api.store(), api.effects()).operations());
        for (PolicyKind<?> kind : api.reader().kinds()) {
            operations.addAll(
                    new DocumentService(
                                    kind,
                                    api.store(),
                                    writes,
                                    api.status(),
                                    api.metrics(),
                                    cursors,
                                    snapshots)
                            .operations());
        }
        operations.addAll(
                new RevisionService(
                                api.store(),
                                writes,
                                api.metrics(),
                                api.status(),
                                cursors,
                                api.reader().kinds().stream()
                                        .map(PolicyKind::kind)
                                        .collect(Collectors.toSet()))
                        .operations());
        operations.addAll(
                new WatchService(api.store(), options.watch(), api.metrics()).operations());
        operations.addAll(new ProxyService(api.status()).operations());
        operations.addAll(new BootstrapService(api.bootstrap()).operations());
        operations.addAll(health(api).operations());
        return new OpenApiService(
                        api.reader().kinds(), operations, options.security().asksForCredentials())
                .operations();
    }

    private static HealthService health(PolicyApi api) {
        List<Readiness> checks = new ArrayList<>();
        checks.add(
                new Readiness(
                        "store", () -> api.store().failure().map(StoreUnavailable::getMessage)));
        checks.addAll(api.readiness());
        return new HealthService(checks);
    }

    private static WebServer listen(
            String host, int port, HttpRouting.Builder routing, RequestIds ids, Optional<Tls> tls) {
        var problems = DirectHandlers.builder();
        for (EventType type : EventType.values()) {
            problems.addHandler(type, new ProblemDirectHandler(ids));
        }
        var builder =
                WebServer.builder()
                        .host(host)
                        .port(port)
                        .shutdownHook(false)
                        .featuresDiscoverServices(false)
                        .maxTcpConnections(MAX_CONNECTIONS)
                        .maxConcurrentRequests(MAX_CONCURRENT_REQUESTS)
                        .shutdownGracePeriod(Duration.ofSeconds(2))
                        // Also closes connections that never finish a request's head; longer than
                        // the longest request, which it does not tell from an idle connection.
                        .idleConnectionTimeout(RevisionService.MAX_WAIT.plusMinutes(1))
                        .directHandlers(problems.build())
                        .routing(routing);
        tls.ifPresent(builder::tls);
        WebServer server = builder.build();
        requireFree(host, port);
        server.start();
        if (!server.isRunning()) {
            // Lost a race for the port; Helidon logs why and returns.
            throw cannotListen(host, port, new BindException("see the log"));
        }
        return server;
    }

    /** Helidon would only log that a port is taken. */
    private static void requireFree(String host, int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(host, port));
        } catch (IOException e) {
            throw cannotListen(host, port, e);
        }
    }

    private static UncheckedIOException cannotListen(String host, int port, IOException e) {
        var named =
                new BindException("Cannot listen on " + host + ":" + port + ": " + e.getMessage());
        named.initCause(e);
        return new UncheckedIOException(named);
    }
}
