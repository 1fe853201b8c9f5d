// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.xds.resource.ResourceType;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A client that behaves as Envoy does, with what the network does to it: it answers for clusters
 * once they are warm, asks for endpoints and routes by name, keeps what it has when it loses its
 * connection. What it sees is checked as it comes.
 *
 * @param <Q> requests
 * @param <R> responses, decoded
 */
abstract class SimulatedClient<Q, R> {
    /** Responses that are on the way before the server's side is no longer writable. */
    private static final int WRITABLE = 2;

    private static final Duration WARMING = Duration.ofSeconds(15);

    final Simulation simulation;
    final String name;
    final RecordingListener listener = new RecordingListener();

    /** What it has, by type and name. */
    final Map<ResourceType, Map<String, String>> has = new EnumMap<>(ResourceType.class);

    /** Clusters that have never had their endpoints: traffic to them would fail. */
    private final Set<String> cold = new TreeSet<>();

    /** Clusters whose answer waits for their endpoints. */
    private final Set<String> warming = new TreeSet<>();

    /**
     * The types it has come to: listeners once clusters were warm, routes once it had listeners.
     */
    private final Set<ResourceType> begun = EnumSet.of(ResourceType.CLUSTER);

    private final Deque<R> unread = new ArrayDeque<>();
    private @Nullable XdsStream<Q> stream;
    private int connection;
    private boolean reading = true;

    /** Since it reconnected by the variant that cannot say what it has. */
    private boolean forgiven;

    private long warmUntil;
    private @Nullable Runnable clusterAnswer;

    SimulatedClient(Simulation simulation, String name) {
        this.simulation = simulation;
        this.name = name;
        Simulation.TYPES.forEach(type -> has.put(type, new TreeMap<>()));
    }

    abstract XdsStream<Q> newStream(Nonces nonces);

    abstract R decoded(Response response);

    abstract ResourceType typeOf(R response);

    /** Name and content of each resource. */
    abstract Map<String, String> contents(R response);

    abstract Set<String> removed(R response);

    /** The first request for the type on a stream. */
    abstract Q introduction(ResourceType type);

    /** Asks for what it does not ask for yet; null if there is nothing. */
    abstract @Nullable Q subscription(ResourceType type, Set<String> names);

    abstract Q answer(R response, @Nullable String error);

    abstract String described(Q request);

    /** The server's end: checks what it is about to write. */
    abstract void written(R response);

    /** The server's end: what has reached it. */
    abstract void received(Q request);

    abstract void restarted();

    abstract boolean forgetsOnReconnect();

    Map<String, String> held(ResourceType type) {
        return java.util.Objects.requireNonNull(has.get(type), "type");
    }

    void connect() {
        if (stream != null) {
            return;
        }
        connection++;
        restarted();
        stream = newStream(simulation.nonces(name));
        forgiven = connection > 1 && forgetsOnReconnect();
        var snapshot = simulation.snapshot();
        if (snapshot != null) {
            stream.onSnapshot(snapshot);
        }
        for (ResourceType type : Simulation.TYPES) {
            if (begun.contains(type)) {
                send(introduction(type));
            }
        }
    }

    private void begin(ResourceType type) {
        if (begun.add(type)) {
            send(introduction(type));
        }
    }

    void disconnect() {
        if (stream == null) {
            return;
        }
        simulation.trace(name + " disconnected");
        stream = null;
        connection++;
        queue.clear();
        unread.clear();
        warming.clear();
        clusterAnswer = null;
        simulation.after(Duration.ofMillis(500 + simulation.random.nextInt(2_000)), this::connect);
    }

    void pauseReading() {
        reading = false;
        simulation.after(
                Duration.ofMillis(simulation.random.nextInt(8_000)),
                () -> {
                    reading = true;
                    read();
                });
    }

    void onSnapshot() {
        var snapshot = simulation.snapshot();
        if (stream != null && snapshot != null) {
            stream.onSnapshot(snapshot);
            pump();
        }
    }

    private void send(Q request) {
        int sentOn = connection;
        // In order: an event delivers the oldest, whichever it was made for.
        queue.add(request);
        simulation.after(
                simulation.delay(20),
                () -> {
                    var next = queue.poll();
                    if (next != null && stream != null && connection == sentOn) {
                        simulation.trace(name + " -> " + described(next));
                        received(next);
                        try {
                            stream.onRequest(next);
                        } catch (ProtocolViolation e) {
                            throw new AssertionError(e);
                        }
                        pump();
                    }
                });
    }

    private final Deque<Q> queue = new ArrayDeque<>();

    /** The server's end of the connection. */
    private void pump() {
        var current = stream;
        if (current == null) {
            return;
        }
        while (unread.size() < WRITABLE) {
            var response = current.next(simulation.now());
            if (response.isEmpty()) {
                break;
            }
            var message = decoded(response.get());
            simulation.trace(
                    name
                            + " <- "
                            + typeOf(message).shortName()
                            + " "
                            + contents(message)
                            + " -"
                            + removed(message));
            written(message);
            unread.add(message);
            int sentOn = connection;
            simulation.after(
                    simulation.delay(20),
                    () -> {
                        if (connection == sentOn) {
                            read();
                        }
                    });
        }
        current.report();
        long deadline = current.nextDeadline(simulation.now());
        if (deadline != Stages.NEVER) {
            int sentOn = connection;
            simulation.after(
                    Duration.ofNanos(deadline - simulation.now()),
                    () -> {
                        if (connection == sentOn) {
                            pump();
                        }
                    });
        }
    }

    private void read() {
        while (reading && stream != null) {
            var response = unread.poll();
            if (response == null) {
                return;
            }
            process(response);
            pump();
        }
    }

    private void process(R response) {
        var type = typeOf(response);
        var contents = contents(response);
        var bad = new LinkedHashSet<String>();
        contents.forEach((resource, content) -> {
            if (Simulation.isBad(content)) {
                bad.add(resource);
            }
        });
        // As Envoy does, it takes the good ones and refuses the whole.
        apply(type, response, bad);
        var answer =
                answer(response, bad.isEmpty() ? null : "cannot take " + String.join(", ", bad));
        if (type == ResourceType.CLUSTER && bad.isEmpty() && !warming.isEmpty()) {
            clusterAnswer =
                    () -> {
                        send(answer);
                        begin(ResourceType.LISTENER);
                    };
            awaitWarm();
        } else {
            send(answer);
        }
        if (type == ResourceType.CLUSTER) {
            if (begun.contains(ResourceType.ENDPOINT)) {
                subscribe(
                        ResourceType.ENDPOINT, new HashSet<>(held(ResourceType.CLUSTER).keySet()));
            } else {
                begin(ResourceType.ENDPOINT);
            }
        } else if (type == ResourceType.LISTENER) {
            begin(ResourceType.ROUTE);
        } else if (type == ResourceType.ENDPOINT && warming.isEmpty()) {
            begin(ResourceType.LISTENER);
        }
        assertNothingBroken();
    }

    private void awaitWarm() {
        warmUntil = simulation.now() + WARMING.toNanos();
        int sentOn = connection;
        simulation.after(
                WARMING,
                () -> {
                    if (connection == sentOn && simulation.now() >= warmUntil) {
                        warming.clear();
                        answerForClusters();
                    }
                });
    }

    private void answerForClusters() {
        var answer = clusterAnswer;
        if (answer != null && warming.isEmpty()) {
            clusterAnswer = null;
            answer.run();
        }
    }

    private void subscribe(ResourceType type, Set<String> names) {
        var request = subscription(type, names);
        if (request != null) {
            send(request);
        }
    }

    void apply(ResourceType type, R response, Set<String> bad) {
        contents(response)
                .forEach((resource, content) -> {
                    boolean orphaned =
                            type == ResourceType.ENDPOINT
                                    && !held(ResourceType.CLUSTER).containsKey(resource);
                    if (bad.contains(resource) || orphaned) {
                        return;
                    }
                    var before = held(type).put(resource, content);
                    if (type == ResourceType.CLUSTER && !content.equals(before)) {
                        warming.add(resource);
                        if (before == null) {
                            cold.add(resource);
                        }
                    } else if (type == ResourceType.ENDPOINT) {
                        warming.remove(resource);
                        cold.remove(resource);
                    }
                });
        for (String resource : removed(response)) {
            if (type == ResourceType.CLUSTER) {
                assertNotNeeded(resource);
                warming.remove(resource);
                cold.remove(resource);
                held(ResourceType.ENDPOINT).remove(resource);
            }
            held(type).remove(resource);
        }
        answerForClusters();
    }

    /** No resource is dropped while another refers to it. */
    private void assertNotNeeded(String cluster) {
        if (forgiven || !held(ResourceType.CLUSTER).containsKey(cluster)) {
            return;
        }
        held(ResourceType.ROUTE)
                .forEach((route, content) ->
                        assertThat(Simulation.clusterOf(content))
                                .as("%s at %s: the cluster of %s", name, simulation.now(), route)
                                .isNotEqualTo(cluster));
    }

    /** Every route leads to a cluster that can serve: make before break. */
    private void assertNothingBroken() {
        if (simulation.faults.refusals() || forgiven) {
            return;
        }
        held(ResourceType.ROUTE)
                .forEach((route, content) -> {
                    var cluster = Simulation.clusterOf(content);
                    assertThat(held(ResourceType.CLUSTER))
                            .as("%s at %s: %s", name, simulation.now(), route)
                            .containsKey(cluster);
                    assertThat(cold)
                            .as("%s at %s: %s", name, simulation.now(), route)
                            .doesNotContain(cluster);
                });
    }

    void assertHasEverything() {
        assertThat(unread).as("%s: unread", name).isEmpty();
        for (ResourceType type : Simulation.TYPES) {
            assertThat(held(type)).as("%s: %s", name, type).isEqualTo(simulation.published(type));
        }
    }
}
