// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.Snapshot;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A server, clients and the network between them, in one thread and in virtual time. Everything
 * that happens follows from the seed.
 */
final class Simulation {
    /** Types the clients use, in the order in which they ask for them. */
    static final List<ResourceType> TYPES =
            List.of(
                    ResourceType.CLUSTER,
                    ResourceType.ENDPOINT,
                    ResourceType.LISTENER,
                    ResourceType.ROUTE);

    private static final int CLUSTERS = 6;
    private static final int ROUTES = 3;
    private static final int TRACE_LINES = 150;
    private static final int MAX_EVENTS = 200_000;

    final Random random;
    final Faults faults;
    final List<SimulatedClient<?, ?>> clients = new ArrayList<>();
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(
                    Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
    private final Snapshots snapshots = new Snapshots();
    private final Deque<String> trace = new ArrayDeque<>();
    private long now;
    private long lastEvent;
    private int content;
    private int instance;
    private boolean calm;
    private @Nullable Snapshot snapshot;

    /** What may go wrong. */
    record Faults(boolean refusals, boolean reconnects, boolean crashes, boolean slowReaders) {}

    private record Event(long at, long number, Runnable action) {}

    Simulation(long seed, Faults faults) {
        this.random = new Random(seed);
        this.faults = faults;
    }

    /** Some minutes of trouble, then quiet until everything has settled. */
    void run() {
        publish();
        clients.forEach(client -> after(delay(500), client::connect));
        for (int i = 0; i < 40; i++) {
            after(Duration.ofMillis(random.nextInt(120_000)), this::publish);
        }
        for (SimulatedClient<?, ?> client : clients) {
            for (int i = random.nextInt(6); faults.reconnects() && i > 0; i--) {
                after(Duration.ofMillis(random.nextInt(120_000)), client::disconnect);
            }
            for (int i = random.nextInt(6); faults.slowReaders() && i > 0; i--) {
                after(Duration.ofMillis(random.nextInt(120_000)), client::pauseReading);
            }
        }
        for (int i = random.nextInt(3); faults.crashes() && i > 0; i--) {
            after(Duration.ofMillis(random.nextInt(120_000)), this::crash);
        }
        after(
                Duration.ofSeconds(125),
                () -> {
                    calm = true;
                    publishAnew();
                });
        runUntil(Duration.ofMinutes(5));
        clients.forEach(client -> client.assertHasEverything());
    }

    private void runUntil(Duration end) {
        int handled = 0;
        while (!events.isEmpty() && events.peek().at() <= end.toNanos()) {
            var event = events.remove();
            now = event.at();
            try {
                event.action().run();
            } catch (AssertionError broken) {
                throw new AssertionError(String.join("\n", trace), broken);
            }
            handled++;
            assertThat(handled).as("events, as if something never ended").isLessThan(MAX_EVENTS);
        }
    }

    long now() {
        return now;
    }

    /** Remembered for whoever must find out why something failed. */
    void trace(String what) {
        trace.add(Duration.ofNanos(now).toMillis() + " ms " + what);
        if (trace.size() > TRACE_LINES) {
            trace.remove();
        }
    }

    void after(Duration delay, Runnable action) {
        lastEvent++;
        events.add(new Event(now + delay.toNanos(), lastEvent, action));
    }

    Duration delay(int millis) {
        return Duration.ofNanos(1 + random.nextInt(millis * 1_000_000));
    }

    /** What a server that runs has; null while one that has crashed starts again. */
    @Nullable Snapshot snapshot() {
        return snapshot;
    }

    Nonces nonces(String client) {
        return new Nonces(client + "-" + instance + "-" + lastEvent);
    }

    Map<String, String> published(ResourceType type) {
        return snapshots.contents(type);
    }

    /** Contents that clients refuse say so. */
    static boolean isBad(String content) {
        return content.startsWith("bad");
    }

    /** The cluster that a route leads to. */
    static String clusterOf(String routeContent) {
        return routeContent.substring(routeContent.indexOf('>') + 1);
    }

    /** A changed configuration, consistent in itself: routes lead to clusters that exist. */
    private void publish() {
        var clusters = new TreeMap<String, String>(published(ResourceType.CLUSTER));
        for (int changes = random.nextInt(3); changes >= 0; changes--) {
            var name = "c" + random.nextInt(CLUSTERS);
            if (random.nextInt(3) == 0) {
                clusters.remove(name);
            } else {
                clusters.put(name, fresh(8));
            }
        }
        if (clusters.isEmpty()) {
            clusters.put("c0", fresh(0));
        }
        replace(clusters);
        var names = List.copyOf(clusters.keySet());
        for (int i = 0; i < ROUTES; i++) {
            var route = "r" + i;
            var before = published(ResourceType.ROUTE).get(route);
            boolean dangling = before == null || !clusters.containsKey(clusterOf(before));
            if (dangling || random.nextInt(4) == 0) {
                snapshots.put(
                        ResourceType.ROUTE,
                        route,
                        fresh(12) + ">" + names.get(random.nextInt(names.size())));
            }
        }
        if (random.nextInt(4) == 0) {
            snapshots.put(ResourceType.LISTENER, "l" + random.nextInt(2), fresh(12));
        } else if (random.nextInt(8) == 0) {
            snapshots.remove(ResourceType.LISTENER, "l1");
        }
        handOut();
    }

    private void replace(Map<String, String> clusters) {
        for (String name : List.copyOf(published(ResourceType.CLUSTER).keySet())) {
            if (!clusters.containsKey(name)) {
                snapshots.remove(ResourceType.CLUSTER, name);
                snapshots.remove(ResourceType.ENDPOINT, name);
            }
        }
        clusters.forEach((name, value) -> {
            snapshots.put(ResourceType.CLUSTER, name, value);
            if (!published(ResourceType.ENDPOINT).containsKey(name) || random.nextInt(3) == 0) {
                snapshots.put(ResourceType.ENDPOINT, name, fresh(0));
            }
        });
    }

    /** Everything changes and nothing is bad, so that nothing that was refused is left. */
    private void publishAnew() {
        for (ResourceType type : TYPES) {
            for (Map.Entry<String, String> entry : List.copyOf(published(type).entrySet())) {
                snapshots.put(
                        type,
                        entry.getKey(),
                        type == ResourceType.ROUTE
                                ? fresh(0) + ">" + clusterOf(entry.getValue())
                                : fresh(0));
            }
        }
        handOut();
    }

    private String fresh(int oneInBad) {
        content++;
        boolean bad = oneInBad > 0 && faults.refusals() && !calm && random.nextInt(oneInBad) == 0;
        return (bad ? "bad" : "good") + content;
    }

    private void handOut() {
        var next = snapshots.snapshot();
        trace("published " + published(ResourceType.CLUSTER) + published(ResourceType.ROUTE));
        if (snapshot != null || instance == 0) {
            snapshot = next;
            clients.forEach(client -> client.onSnapshot());
        }
    }

    /** The server is gone with all it knew of its clients, and is back with the same content. */
    private void crash() {
        instance++;
        snapshot = null;
        clients.forEach(client -> client.disconnect());
        after(
                delay(2_000),
                () -> {
                    snapshot = snapshots.snapshot();
                    clients.forEach(client -> client.onSnapshot());
                });
    }
}
