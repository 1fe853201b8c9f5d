// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Status;
import dev.outrigger.xds.resource.ResourceType;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A client of one variant that does what a script says. */
final class ConvergingDeltaClient implements ConvergingClient {
    private final ConvergenceWorld world;
    private long now;
    private final DeltaStream stream =
            new DeltaStream(
                    ServedTypes.ALL,
                    StreamLimits.DEFAULT.withResponseBytes(400).withUnanswered(3),
                    new NameSets(),
                    new Nonces("s"),
                    new RecordingListener());
    private final Map<ResourceType, Map<String, String>> has = new EnumMap<>(ResourceType.class);
    private final Map<ResourceType, Subscriptions> wants = new EnumMap<>(ResourceType.class);
    private final ArrayDeque<DeltaDiscoveryResponse> unanswered = new ArrayDeque<>();

    ConvergingDeltaClient(ConvergenceWorld world) {
        this.world = world;
    }

    boolean started(ResourceType type) {
        return wants.containsKey(type);
    }

    Map<String, String> has(ResourceType type) {
        return has.computeIfAbsent(type, _ -> new TreeMap<>());
    }

    Subscriptions wants(ResourceType type) {
        return wants.getOrDefault(type, new Subscriptions(new NameSets()));
    }

    @Override
    public void changeSubscription(ResourceType type, Random random) throws ProtocolViolation {
        var request = DeltaDiscoveryRequest.newBuilder().setTypeUrl(type.typeUrl());
        var wanted = wants.get(type);
        if (wanted == null) {
            wanted = new Subscriptions(new NameSets());
            wants.put(type, wanted);
            if (type.fullState() && random.nextBoolean()) {
                wanted.legacyWildcard();
                send(request);
                return;
            }
        }
        var name =
                random.nextInt(5) == 0
                        ? "*"
                        : ConvergenceWorld.NAMES.get(random.nextInt(ConvergenceWorld.NAMES.size()));
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
                has(type)
                        .put(
                                resource.getName(),
                                ConvergenceWorld.content(type, resource.getResource()));
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
