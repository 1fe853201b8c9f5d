// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import dev.outrigger.conformance.exchange.Scenario;
import dev.outrigger.conformance.observe.AttemptOrder;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One running proxy with many configurations that do not see each other: each has a listener,
 * clusters and upstreams of its own. The exchanges of a configuration are played one after the
 * other, those of different ones at the same time. Statistics and access logs are therefore read
 * once, at the end. Used by one thread.
 */
public final class BatchStage implements AutoCloseable {
    private static final Duration STEP_LIMIT = Duration.ofSeconds(4);
    private static final Duration BODY_LIMIT = Duration.ofMillis(500);
    private static final Duration QUIET_LIMIT = Duration.ofSeconds(6);
    private static final Duration QUIET_STEP = Duration.ofMillis(50);
    private static final Duration LOG_FLUSH = Duration.ofMillis(500);
    private static final Duration LOG_LIMIT = Duration.ofSeconds(2);

    /**
     * The upstream that copies of requests go to. Such a copy may be on its way when its original
     * has been answered: they are looked at in the end.
     */
    private static final String MIRROR = "mirror";

    /** What tells whether a proxy has something left to do. */
    private static final String GAUGES = "/stats?filter=_active$";

    /** What was never touched is zero, and zeroes are not looked at. */
    private static final String TOUCHED = "/stats?usedonly";

    /** The name of a part is the beginning of the names of what belongs to it. */
    private static final Pattern OWNER =
            Pattern.compile("(?:cluster|http|listener|vhost)\\.([A-Za-z0-9]+)[._]");

    private final RunningProxy proxy;
    private final List<Running> warmUps;
    private final List<Running> parts;
    private final Source source;

    private BatchStage(
            RunningProxy proxy, List<Running> warmUps, List<Running> parts, Source source) {
        this.proxy = proxy;
        this.warmUps = warmUps;
        this.parts = parts;
        this.source = source;
    }

    /**
     * One configuration with its exchanges. The texts may hold {@code ${self}}, which is the name.
     *
     * @param name of the listener and, followed by an underscore, the beginning of each cluster's
     * @param timed whether time is part of what is compared
     * @param transports of its clients and upstreams
     * @param listener as JSON
     * @param clusters as JSON
     */
    public record Part(
            String name,
            boolean timed,
            Transports transports,
            String listener,
            List<String> clusters,
            List<Scenario> scenarios) {
        public Part {
            clusters = List.copyOf(clusters);
            scenarios = List.copyOf(scenarios);
        }

        /** One whose connections are all plain. */
        public Part(
                String name,
                boolean timed,
                String listener,
                List<String> clusters,
                List<Scenario> scenarios) {
            this(name, timed, Transports.PLAIN, listener, clusters, scenarios);
        }
    }

    private record Running(
            Part part,
            Path folder,
            UpstreamSet upstreams,
            AccessLogs accessLogs,
            Normalizer normalizer,
            LogLines lines,
            Pattern name,
            OptionalInt port) {

        static Running of(Part part, Path folder) {
            var name = "(?<![A-Za-z0-9])" + part.name() + "(?![A-Za-z0-9])";
            return new Running(
                    part,
                    folder,
                    new UpstreamSet(part.transports().secured(), MIRROR),
                    new AccessLogs(folder),
                    Normalizer.of(Map.of()),
                    new LogLines(),
                    Pattern.compile(name),
                    OptionalInt.empty());
        }

        /** The same once the proxy has started, with the ports of its listeners by name. */
        Running at(Map<String, Integer> ports) {
            var names = new LinkedHashMap<>(upstreams.portNames());
            var own = ports.get(part.name());
            if (own != null) {
                names.put(own, "listener");
            }
            return new Running(
                    part,
                    folder,
                    upstreams,
                    accessLogs,
                    Normalizer.of(names),
                    lines,
                    name,
                    own == null ? OptionalInt.empty() : OptionalInt.of(own));
        }

        /** The name varies with the place in a batch, so that fields must not hold it. */
        String unnamed(String text) {
            return text.contains(part.name()) ? name.matcher(text).replaceAll("self") : text;
        }
    }

    /**
     * Starts the proxy with all parts, in the folder.
     *
     * @param warmUps played before the others, and not looked at: what a proxy does for the first
     *     time may take it longer than the limits of a part with times
     */
    public static BatchStage open(
            ProxyUnderTest proxy,
            List<Part> warmUps,
            List<Part> parts,
            Delivery delivery,
            Path workdir)
            throws IOException {
        var running = new ArrayList<Running>();
        RunningProxy started = null;
        Source source = null;
        try {
            var listeners = new ArrayList<String>();
            var clusters = new ArrayList<String>();
            var prepared = new ArrayList<Running>();
            for (var part : Stream.concat(warmUps.stream(), parts.stream()).toList()) {
                var folder = Files.createDirectories(workdir.resolve(part.name()));
                AccessLogs.clear(folder);
                var each = Running.of(part, folder);
                running.add(each);
                var template = new ConfigTemplate((kind, name) -> value(kind, name, each));
                listeners.add(template.fill(part.listener()));
                part.clusters().forEach(cluster -> clusters.add(template.fill(cluster)));
            }
            var bootstrap = workdir.resolve("bootstrap.yaml");
            source = Source.open(delivery, proxy.flavor(), listeners, clusters, workdir);
            Files.writeString(bootstrap, source.bootstrap());
            started = start(proxy, bootstrap, workdir, source);
            var ports = started.listenerPorts();
            for (var each : running) {
                prepared.add(each.at(ports));
            }
            int first = warmUps.size();
            return new BatchStage(
                    started,
                    List.copyOf(prepared.subList(0, first)),
                    List.copyOf(prepared.subList(first, prepared.size())),
                    source);
        } catch (IOException | RuntimeException e) {
            if (started != null) {
                started.close();
            }
            if (source != null) {
                source.close();
            }
            running.forEach(each -> each.upstreams().close());
            throw e;
        }
    }

    /** The proxy refused what it was given; the message holds what it printed. */
    public static final class NotStarted extends IOException {
        private static final long serialVersionUID = 1;

        NotStarted(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    private static RunningProxy start(
            ProxyUnderTest proxy, Path bootstrap, Path workdir, Source source) throws NotStarted {
        RunningProxy started = null;
        try {
            started = proxy.start(bootstrap, workdir, LOG_FLUSH);
            source.awaitInForce();
            return started;
        } catch (IOException e) {
            if (started != null) {
                started.close();
            }
            throw new NotStarted(e);
        }
    }

    /** Plays everything and gives the normalised fields of each part, in their order. */
    public List<SortedMap<String, String>> play(Turns turns) throws IOException {
        var _ = play(warmUps, turns);
        var seen = play(parts, turns);
        var _ = Eventually.holds(QUIET_LIMIT, QUIET_STEP, () -> stats(GAUGES).quiet());
        var stats = byPart(stats(TOUCHED));
        for (int i = 0; i < parts.size(); i++) {
            var part = parts.get(i);
            addTotals(part, stats.getOrDefault(part.part().name(), Map.of()), seen.get(i));
            addCopies(part, seen.get(i));
        }
        return seen;
    }

    private List<SortedMap<String, String>> play(List<Running> some, Turns turns)
            throws IOException {
        var seen = new ArrayList<SortedMap<String, String>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var futures =
                    some.stream()
                            .map(each ->
                                    threads.submit(() ->
                                            turns.take(each.part().timed(), () -> playAll(each))))
                            .toList();
            for (var future : futures) {
                seen.add(future.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException("the proxy printed:\n" + proxy.output(), e);
        }
        return seen;
    }

    @Override
    public void close() {
        proxy.close();
        source.close();
        warmUps.forEach(each -> each.upstreams().close());
        parts.forEach(each -> each.upstreams().close());
    }

    private SortedMap<String, String> playAll(Running running) throws IOException {
        var fields = new TreeMap<String, String>();
        if (running.port().isEmpty()) {
            fields.put("listener", "missing");
            return fields;
        }
        for (var scenario : running.part().scenarios()) {
            var observation = play(running, scenario, running.port().getAsInt());
            running.normalizer()
                    .apply(observation.fields())
                    .forEach((name, value) ->
                            fields.put(scenario.name() + "." + name, running.unnamed(value)));
        }
        return fields;
    }

    private Observation play(Running running, Scenario scenario, int port) throws IOException {
        var upstreams = running.upstreams();
        // A cluster may have no host that answers, or be gone from a case that was made small.
        var answers = new HashMap<>(scenario.upstreams());
        answers.keySet().retainAll(upstreams.scriptedNames());
        upstreams.play(scenario.name(), answers);
        try (var client =
                new WireClient(
                        proxy,
                        running.part().transports().downstream(),
                        port,
                        upstreams.attempts(),
                        NO_POLICIES,
                        STEP_LIMIT,
                        Optional.of(upstreams))) {
            client.play(scenario.steps());
            running.lines().began(scenario.name(), client.localPorts());
            var attempts = upstreams.attempts().settled(BODY_LIMIT);
            var connections =
                    Closings.comparable(
                            client.seen(),
                            scenario.steps(),
                            running.part().transports().downstream().isHttp2());
            return new Observation(connections, attempts, List.of(), List.of(), new TreeMap<>());
        } finally {
            upstreams.leave();
        }
    }

    /** What is not zero, by the part whose name the statistic's begins with. */
    private static Map<String, Map<String, Long>> byPart(Stats stats) {
        var parts = new HashMap<String, Map<String, Long>>();
        stats.values()
                .forEach((name, value) -> {
                    var owner = OWNER.matcher(name);
                    if (value != 0 && owner.lookingAt()) {
                        parts.computeIfAbsent(owner.group(1), _ -> new HashMap<>())
                                .put(name, value);
                    }
                });
        return parts;
    }

    private void addTotals(
            Running running, Map<String, Long> stats, SortedMap<String, String> fields) {
        var part = running.part();
        var totals = new TreeMap<>(stats);
        long requests = totals.getOrDefault("http." + part.name() + ".downstream_rq_total", 0L);
        var logs = running.accessLogs().take(requests, LOG_LIMIT);
        running.lines()
                .byExchange(logs)
                .forEach((exchange, lines) -> addLines(running, exchange, lines, fields));
        var observation = new Observation(List.of(), List.of(), List.of(), List.of(), totals);
        running.normalizer()
                .apply(observation.fields())
                .forEach(
                        (name, value) -> fields.put(running.unnamed(name), running.unnamed(value)));
    }

    private void addCopies(Running running, SortedMap<String, String> fields) {
        var copies = AttemptOrder.ofCopies(running.upstreams().copies().settled(BODY_LIMIT));
        if (copies.isEmpty()) {
            return;
        }
        var seen = new Observation(List.of(), copies, List.of(), List.of(), new TreeMap<>());
        running.normalizer()
                .apply(seen.fields())
                .forEach((name, value) -> {
                    if (name.startsWith("attempt")) {
                        fields.put("copies." + name, running.unnamed(value));
                    }
                });
    }

    private void addLines(
            Running running,
            String exchange,
            List<Map<String, String>> lines,
            SortedMap<String, String> fields) {
        var seen = new Observation(List.of(), List.of(), lines, List.of(), new TreeMap<>());
        running.normalizer()
                .apply(seen.fields())
                .forEach((name, value) -> {
                    if (name.startsWith("log")) {
                        fields.put(exchange + "." + name, running.unnamed(value));
                    }
                });
    }

    private Stats stats(String path) {
        try {
            return Stats.parse(proxy.admin("GET", path).body());
        } catch (IOException e) {
            throw new UncheckedIOException("the proxy printed:\n" + proxy.output(), e);
        }
    }

    private static String value(String kind, String name, Running running) {
        try {
            return switch (kind) {
                case "self" -> running.part().name();
                case "accessLog" -> running.accessLogs().config(name);
                case "certificate" -> Certificates.certificate(name);
                case "key" -> Certificates.key(name);
                default -> Integer.toString(running.upstreams().port(kind, name));
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final PolicySteps NO_POLICIES =
            new PolicySteps() {
                @Override
                public void apply(String documents) {
                    throw new IllegalStateException("a batch has no control plane");
                }

                @Override
                public void remove(String path) {
                    throw new IllegalStateException("a batch has no control plane");
                }
            };
}
