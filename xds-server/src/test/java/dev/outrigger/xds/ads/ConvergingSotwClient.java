// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import com.google.protobuf.Any;
import com.google.rpc.Status;
import dev.outrigger.xds.resource.ResourceType;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A client of one variant that does what a script says. */
final class ConvergingSotwClient implements ConvergingClient {
    private final ConvergenceWorld world;
    private long now;
    private final SotwStream stream =
            new SotwStream(
                    ServedTypes.ALL,
                    StreamLimits.DEFAULT,
                    new NameSets(),
                    new Nonces("s"),
                    new RecordingListener());
    private final Map<ResourceType, Map<String, String>> has = new EnumMap<>(ResourceType.class);
    private final Map<ResourceType, Set<String>> names = new EnumMap<>(ResourceType.class);
    private final Map<ResourceType, String> nonces = new EnumMap<>(ResourceType.class);
    private final Map<ResourceType, String> versions = new EnumMap<>(ResourceType.class);
    private final ArrayDeque<DiscoveryResponse> unanswered = new ArrayDeque<>();

    ConvergingSotwClient(ConvergenceWorld world) {
        this.world = world;
    }

    boolean started(ResourceType type) {
        return names.containsKey(type);
    }

    Map<String, String> has(ResourceType type) {
        return has.computeIfAbsent(type, _ -> new TreeMap<>());
    }

    Subscriptions wants(ResourceType type) {
        var wanted = new Subscriptions(new NameSets());
        wanted.replace(names.getOrDefault(type, Set.of()));
        return wanted;
    }

    @Override
    public void changeSubscription(ResourceType type, Random random) throws ProtocolViolation {
        var wanted = names.computeIfAbsent(type, _ -> new TreeSet<>());
        var name =
                random.nextInt(5) == 0
                        ? "*"
                        : ConvergenceWorld.NAMES.get(random.nextInt(ConvergenceWorld.NAMES.size()));
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
                var name = ConvergenceWorld.name(type, any);
                if (wants(type).contains(name)) {
                    has(type).put(name, ConvergenceWorld.content(type, any));
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
