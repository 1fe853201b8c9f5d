// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import dev.outrigger.conformance.exchange.CaseGroup;
import dev.outrigger.conformance.exchange.Exchange;
import dev.outrigger.conformance.observe.Normalizer;
import dev.outrigger.conformance.observe.Observation;
import dev.outrigger.conformance.proxy.Eventually;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A running proxy with its upstreams, on which the exchanges of one group are played one after the
 * other. Each exchange begins with no connection on either side, so that none depends on another.
 * Used by one thread.
 */
public final class Stage implements AutoCloseable {
    private static final Duration QUIET_LIMIT = Duration.ofSeconds(3);

    /** A tunnel that stays open is never quiet; nothing happens on it for so long. */
    private static final Duration STILL = Duration.ofSeconds(1);

    private static final Duration LOG_LIMIT = Duration.ofSeconds(1);

    private final UpstreamSet upstreams;
    private final AccessLogs accessLogs;
    private final RunningProxy proxy;
    private final Configuration configuration;
    private final Map<String, Integer> listeners;
    private final Normalizer normalizer;

    private Stage(
            UpstreamSet upstreams,
            AccessLogs accessLogs,
            RunningProxy proxy,
            Configuration configuration,
            Map<String, Integer> listeners) {
        this.upstreams = upstreams;
        this.accessLogs = accessLogs;
        this.proxy = proxy;
        this.configuration = configuration;
        this.listeners = listeners;
        var names = new LinkedHashMap<>(upstreams.portNames());
        listeners.forEach((name, port) -> names.put(port, "listener " + name));
        names.put(proxy.adminPort(), "admin");
        this.normalizer = Normalizer.of(names);
    }

    /** Starts the upstreams and the proxy with the group's configuration, in the folder. */
    public static Stage open(ProxyUnderTest proxy, CaseGroup group, Path workdir)
            throws IOException {
        Files.createDirectories(workdir);
        var upstreams = new UpstreamSet();
        var accessLogs = new AccessLogs(workdir);
        var template =
                new ConfigTemplate((kind, name) ->
                        switch (kind) {
                            case "certificate" -> Certificates.certificate(name);
                            case "key" -> Certificates.key(name);
                            default -> value(kind, name, upstreams, accessLogs);
                        });
        Configuration configuration = null;
        RunningProxy running = null;
        try {
            configuration = Configuration.open(group, template, proxy.flavor(), workdir);
            var bootstrap = workdir.resolve("bootstrap.yaml");
            Files.writeString(bootstrap, configuration.bootstrap());
            running = proxy.start(bootstrap, workdir);
            configuration.awaitInForce();
            return new Stage(
                    upstreams, accessLogs, running, configuration, running.listenerPorts());
        } catch (IOException | RuntimeException e) {
            if (running != null) {
                running.close();
            }
            if (configuration != null) {
                configuration.close();
            }
            upstreams.close();
            throw e;
        }
    }

    /** Plays the exchange and gives what was seen. */
    public Observation run(Exchange exchange) throws IOException {
        // A sidecar's listeners are named after their direction.
        var port =
                listeners.getOrDefault(
                        exchange.listener(), listeners.get("outbound/" + exchange.listener()));
        if (port == null) {
            throw new IllegalArgumentException(
                    exchange.id()
                            + ": listener "
                            + exchange.listener()
                            + " (expected: one of "
                            + listeners.keySet()
                            + ")");
        }
        upstreams.play(exchange.id(), exchange.upstreams());
        var before = stats();
        try (var client =
                new WireClient(
                        proxy, exchange.transport(), port, upstreams.attempts(), configuration)) {
            client.play(exchange.steps());
            var settling = new Settling(STILL, System::nanoTime);
            var _ = Eventually.holds(QUIET_LIMIT, () -> settling.isOver(stats()));
            var attempts = upstreams.attempts().settled(Duration.ofMillis(500));
            var after = stats();
            long requests = after.downstreamRequests() - before.downstreamRequests();
            return new Observation(
                    client.seen(),
                    attempts,
                    withoutClient(accessLogs.take(requests, LOG_LIMIT)),
                    client.adminReplies(),
                    after.since(before));
        } finally {
            upstreams.closeConnections();
            var _ = Eventually.holds(QUIET_LIMIT, () -> stats().withoutUpstreamConnections());
        }
    }

    private static List<Map<String, String>> withoutClient(List<Map<String, String>> lines) {
        lines.forEach(line -> line.remove(AccessLogs.CLIENT));
        return lines;
    }

    /** The rules for what this stage's run does not share with another's. */
    public Normalizer normalizer() {
        return normalizer;
    }

    /** The proxy itself, for what is no exchange. */
    public RunningProxy proxy() {
        return proxy;
    }

    @Override
    public void close() {
        proxy.close();
        configuration.close();
        upstreams.close();
    }

    private Stats stats() {
        try {
            return Stats.parse(proxy.admin("GET", "/stats").body());
        } catch (IOException e) {
            throw new UncheckedIOException("the proxy printed:\n" + proxy.output(), e);
        }
    }

    private static String value(
            String kind, String name, UpstreamSet upstreams, AccessLogs accessLogs) {
        try {
            return switch (kind) {
                case "listen" -> Integer.toString(upstreams.listen(name));
                case "admin" -> ConfigTemplate.admin();
                case "accessLog" -> accessLogs.config(name);
                case "upstreamLog" -> accessLogs.upstream();
                case "accessLogPolicy" -> accessLogs.policy(name);
                default -> Integer.toString(upstreams.port(kind, name));
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
