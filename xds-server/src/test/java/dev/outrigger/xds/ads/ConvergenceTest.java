// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Status;
import dev.outrigger.xds.resource.ResourceType;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a client subscribes to, refuses and answers late, and whatever is published meanwhile:
 * in the end it has exactly what it asked for, and it was never sent anything else. A seed that
 * fails is a case to keep.
 */
class ConvergenceTest {
    private static final List<String> NAMES = List.of("A", "B", "C", "D", "E");
    private static final List<ResourceType> TYPES =
            List.of(
                    ResourceType.CLUSTER,
                    ResourceType.ENDPOINT,
                    ResourceType.LISTENER,
                    ResourceType.ROUTE);
    private static final int STEPS = 120;

    static LongStream seeds() {
        return LongStream.range(0, 300);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aDeltaClientEndsWithWhatItAskedFor(long seed) throws Exception {
        var world = new World(new Random(seed));
        var client = new DeltaClient(world);
        world.run(client);

        for (ResourceType type : TYPES) {
            if (client.started(type)) {
                assertThat(client.has(type))
                        .as("seed %s, %s", seed, type)
                        .isEqualTo(world.published(type, client.wants(type)));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aStateOfTheWorldClientEndsWithWhatItAskedFor(long seed) throws Exception {
        var world = new World(new Random(seed));
        var client = new SotwClient(world);
        world.run(client);

        for (ResourceType type : TYPES) {
            if (client.started(type)) {
                var has = new TreeMap<>(client.has(type));
                if (!type.fullState()) {
                    // The variant cannot say that these are gone; what exists must be right.
                    has.keySet().retainAll(world.snapshots.contents(type).keySet());
                }
                assertThat(has)
                        .as("seed %s, %s", seed, type)
                        .isEqualTo(world.published(type, client.wants(type)));
            }
        }
    }

    /** What a client does in one step; its answers are its own affair. */
    private interface Client {
        void changeSubscription(ResourceType type, Random random) throws ProtocolViolation;

        /** Answers the oldest unanswered response; false if there is none. */
        boolean answer(boolean accept) throws ProtocolViolation;

        /** Time passes until something more is sent; false if nothing is. */
        boolean awaitMore();

        void publish() throws ProtocolViolation;
    }

    /** The published resources, and a script of random events. */
    private static final class World {
        final Random random;
        final Snapshots snapshots = new Snapshots();
        private int content;

        World(Random random) {
            this.random = random;
        }

        void run(Client client) throws ProtocolViolation {
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(5)) {
                    case 0 -> client.changeSubscription(type(), random);
                    case 1, 2 -> client.answer(random.nextInt(4) != 0);
                    default -> {
                        change();
                        client.publish();
                    }
                }
            }
            settle(client);
            // What was refused may be held back for ever; everything different must get through.
            for (ResourceType type : TYPES) {
                for (String name : List.copyOf(snapshots.contents(type).keySet())) {
                    put(type, name);
                }
            }
            client.publish();
            settle(client);
        }

        private static void settle(Client client) throws ProtocolViolation {
            int answers = 0;
            while (client.answer(true) || client.awaitMore()) {
                answers++;
                assertThat(answers).as("answers that never end").isLessThan(1_000);
            }
        }

        private void change() {
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                var type = type();
                var name = NAMES.get(random.nextInt(NAMES.size()));
                if (random.nextInt(3) == 0) {
                    snapshots.remove(type, name);
                } else {
                    put(type, name);
                }
            }
        }

        private void put(ResourceType type, String name) {
            content++;
            snapshots.put(type, name, "c" + content);
        }

        private ResourceType type() {
            return TYPES.get(random.nextInt(TYPES.size()));
        }

        Map<String, String> published(ResourceType type, Subscriptions wanted) {
            return snapshots.contents(type).entrySet().stream()
                    .filter(entry -> wanted.contains(entry.getKey()))
                    .collect(
                            Collectors.toMap(
                                    Map.Entry::getKey,
                                    Map.Entry::getValue,
                                    (a, _) -> a,
                                    TreeMap::new));
        }
    }

    private static final class DeltaClient implements Client {
        private final World world;
        private long now;
        private final DeltaStream stream =
                new DeltaStream(
                        ServedTypes.ALL,
                        StreamLimits.DEFAULT.withResponseBytes(400).withUnanswered(3),
                        new NameSets()::share,
                        new Nonces("s"),
                        new RecordingListener());
        private final Map<ResourceType, Map<String, String>> has =
                new EnumMap<>(ResourceType.class);
        private final Map<ResourceType, Subscriptions> wants = new EnumMap<>(ResourceType.class);
        private final ArrayDeque<DeltaDiscoveryResponse> unanswered = new ArrayDeque<>();

        DeltaClient(World world) {
            this.world = world;
        }

        boolean started(ResourceType type) {
            return wants.containsKey(type);
        }

        Map<String, String> has(ResourceType type) {
            return has.computeIfAbsent(type, _ -> new TreeMap<>());
        }

        Subscriptions wants(ResourceType type) {
            return wants.getOrDefault(type, new Subscriptions(names -> names));
        }

        @Override
        public void changeSubscription(ResourceType type, Random random) throws ProtocolViolation {
            var request = DeltaDiscoveryRequest.newBuilder().setTypeUrl(type.typeUrl());
            var wanted = wants.get(type);
            if (wanted == null) {
                wanted = new Subscriptions(names -> names);
                wants.put(type, wanted);
                if (type.fullState() && random.nextBoolean()) {
                    wanted.legacyWildcard();
                    send(request);
                    return;
                }
            }
            var name = random.nextInt(5) == 0 ? "*" : NAMES.get(random.nextInt(NAMES.size()));
            if (random.nextInt(3) == 0) {
                request.addResourceNamesUnsubscribe(name);
                wanted.remove(List.of(name));
                // A first request without a subscription asks for everything.
                if (has.get(type) == null && type.fullState()) {
                    request.addResourceNamesSubscribe("A");
                    wanted.add(List.of("A"));
                    if (name.equals("A")) {
                        wanted.remove(List.of("A"));
                    }
                }
            } else {
                request.addResourceNamesSubscribe(name);
                wanted.add(List.of(name));
            }
            var kept = wanted;
            has(type).keySet().removeIf(held -> !kept.contains(held));
            send(request);
        }

        @Override
        public boolean answer(boolean accept) throws ProtocolViolation {
            var response = unanswered.poll();
            if (response == null) {
                return false;
            }
            var type = ResourceType.find(response.getTypeUrl()).orElseThrow();
            var request =
                    DeltaDiscoveryRequest.newBuilder()
                            .setTypeUrl(response.getTypeUrl())
                            .setResponseNonce(response.getNonce());
            // An empty response says nothing a client could refuse.
            if (accept || response.getResourcesCount() == 0) {
                apply(type, response);
            } else {
                request.setErrorDetail(Status.newBuilder().setMessage("no"));
            }
            send(request);
            return true;
        }

        private void apply(ResourceType type, DeltaDiscoveryResponse response) {
            for (Resource resource : response.getResourcesList()) {
                if (wants(type).contains(resource.getName())) {
                    has(type).put(resource.getName(), content(type, resource.getResource()));
                }
            }
            response.getRemovedResourcesList().forEach(has(type)::remove);
        }

        @Override
        public boolean awaitMore() {
            long deadline = stream.nextDeadline(now);
            if (deadline == Stages.NEVER) {
                return false;
            }
            now = deadline;
            drain();
            return true;
        }

        @Override
        public void publish() {
            stream.onSnapshot(world.snapshots.snapshot());
            drain();
        }

        private void send(DeltaDiscoveryRequest.Builder request) throws ProtocolViolation {
            stream.onRequest(request.build());
            drain();
        }

        private void drain() {
            for (var next = stream.next(now); next.isPresent(); next = stream.next(now)) {
                var response = Decoded.delta(next.get());
                var type = ResourceType.find(response.getTypeUrl()).orElseThrow();
                assertThat(response.getResourcesList())
                        .allSatisfy(resource ->
                                assertThat(wants(type).contains(resource.getName()))
                                        .as("asked for %s", resource.getName())
                                        .isTrue());
                unanswered.add(response);
            }
            stream.report();
        }
    }

    private static final class SotwClient implements Client {
        private final World world;
        private long now;
        private final SotwStream stream =
                new SotwStream(
                        ServedTypes.ALL,
                        StreamLimits.DEFAULT,
                        new NameSets()::share,
                        new Nonces("s"),
                        new RecordingListener());
        private final Map<ResourceType, Map<String, String>> has =
                new EnumMap<>(ResourceType.class);
        private final Map<ResourceType, Set<String>> names = new EnumMap<>(ResourceType.class);
        private final Map<ResourceType, String> nonces = new EnumMap<>(ResourceType.class);
        private final Map<ResourceType, String> versions = new EnumMap<>(ResourceType.class);
        private final ArrayDeque<DiscoveryResponse> unanswered = new ArrayDeque<>();

        SotwClient(World world) {
            this.world = world;
        }

        boolean started(ResourceType type) {
            return names.containsKey(type);
        }

        Map<String, String> has(ResourceType type) {
            return has.computeIfAbsent(type, _ -> new TreeMap<>());
        }

        Subscriptions wants(ResourceType type) {
            var wanted = new Subscriptions(names -> names);
            wanted.replace(names.getOrDefault(type, Set.of()));
            return wanted;
        }

        @Override
        public void changeSubscription(ResourceType type, Random random) throws ProtocolViolation {
            var wanted = names.computeIfAbsent(type, _ -> new TreeSet<>());
            var name = random.nextInt(5) == 0 ? "*" : NAMES.get(random.nextInt(NAMES.size()));
            if (!wanted.isEmpty() && random.nextInt(3) == 0) {
                wanted.remove(name);
            } else {
                wanted.add(name);
            }
            var kept = wants(type);
            has(type).keySet().removeIf(held -> !kept.contains(held));
            request(type, null);
        }

        @Override
        public boolean answer(boolean accept) throws ProtocolViolation {
            var response = unanswered.poll();
            if (response == null) {
                return false;
            }
            var type = ResourceType.find(response.getTypeUrl()).orElseThrow();
            nonces.put(type, response.getNonce());
            // An empty response says nothing a client could refuse.
            boolean accepted = accept || response.getResourcesCount() == 0;
            if (accepted) {
                versions.put(type, response.getVersionInfo());
                if (type.fullState()) {
                    has(type).clear();
                }
                for (Any any : response.getResourcesList()) {
                    var name = name(type, any);
                    if (wants(type).contains(name)) {
                        has(type).put(name, content(type, any));
                    }
                }
            }
            request(type, accepted ? null : Status.newBuilder().setMessage("no").build());
            return true;
        }

        @Override
        public boolean awaitMore() {
            long deadline = stream.nextDeadline(now);
            if (deadline == Stages.NEVER) {
                return false;
            }
            now = deadline;
            drain();
            return true;
        }

        @Override
        public void publish() {
            stream.onSnapshot(world.snapshots.snapshot());
            drain();
        }

        private void request(ResourceType type, @org.jspecify.annotations.Nullable Status error)
                throws ProtocolViolation {
            var request =
                    DiscoveryRequest.newBuilder()
                            .setTypeUrl(type.typeUrl())
                            .setVersionInfo(versions.getOrDefault(type, ""))
                            .setResponseNonce(nonces.getOrDefault(type, ""))
                            .addAllResourceNames(names.getOrDefault(type, Set.of()));
            if (error != null) {
                request.setErrorDetail(error);
            }
            stream.onRequest(request.build());
            drain();
        }

        private void drain() {
            for (var next = stream.next(now); next.isPresent(); next = stream.next(now)) {
                unanswered.add(Decoded.sotw(next.get()));
            }
            stream.report();
        }
    }

    private static String name(ResourceType type, Any any) {
        return type.nameOf(parsed(type, any));
    }

    private static String content(ResourceType type, Any any) {
        return Snapshots.content(type, any);
    }

    private static com.google.protobuf.Message parsed(ResourceType type, Any any) {
        try {
            return type.prototype().getParserForType().parseFrom(any.getValue());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }
}
