// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Status;
import dev.outrigger.xds.resource.ResourceType;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A client of the incremental variant, and the rules for what it may be sent. */
final class SimulatedDeltaClient
        extends SimulatedClient<DeltaDiscoveryRequest, DeltaDiscoveryResponse> {
    private static final Set<String> ROUTES = Set.of("r0", "r1", "r2");

    /** What it would tell another server that it has. */
    private final Map<ResourceType, Map<String, String>> versions =
            new EnumMap<>(ResourceType.class);

    /** By type, what it has asked for on this stream. */
    private final Map<ResourceType, Set<String>> asked = new EnumMap<>(ResourceType.class);

    // The server's end of this stream.
    private final Map<ResourceType, Set<String>> subscribed = new EnumMap<>(ResourceType.class);
    private final Map<ResourceType, Map<String, String>> sent = new EnumMap<>(ResourceType.class);
    private final Map<String, DeltaDiscoveryResponse> unanswered = new HashMap<>();
    private final Set<String> refused = new HashSet<>();

    SimulatedDeltaClient(Simulation simulation, String name) {
        super(simulation, name);
        Simulation.TYPES.forEach(type -> versions.put(type, new HashMap<>()));
    }

    @Override
    XdsStream<DeltaDiscoveryRequest> newStream(Nonces nonces) {
        return new DeltaStream(
                ServedTypes.ALL,
                StreamLimits.DEFAULT.withResponseBytes(600),
                new NameSets(),
                nonces,
                listener);
    }

    @Override
    boolean forgetsOnReconnect() {
        return false;
    }

    @Override
    void restarted() {
        asked.clear();
        subscribed.clear();
        sent.clear();
        unanswered.clear();
        refused.clear();
    }

    @Override
    DeltaDiscoveryRequest introduction(ResourceType type) {
        var names =
                switch (type) {
                    case ENDPOINT -> new TreeSet<>(held(ResourceType.CLUSTER).keySet());
                    case ROUTE -> new TreeSet<>(ROUTES);
                    default -> new TreeSet<String>();
                };
        asked.put(type, names);
        return DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(type.typeUrl())
                .addAllResourceNamesSubscribe(names)
                .putAllInitialResourceVersions(of(versions, type))
                .build();
    }

    @Override
    @Nullable DeltaDiscoveryRequest subscription(ResourceType type, Set<String> names) {
        var before = asked.getOrDefault(type, Set.of());
        var more = new TreeSet<>(names);
        more.removeAll(before);
        var fewer = new TreeSet<>(before);
        fewer.removeAll(names);
        asked.put(type, new TreeSet<>(names));
        fewer.forEach(of(versions, type)::remove);
        if (more.isEmpty() && fewer.isEmpty()) {
            return null;
        }
        return DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(type.typeUrl())
                .addAllResourceNamesSubscribe(more)
                .addAllResourceNamesUnsubscribe(fewer)
                .build();
    }

    @Override
    DeltaDiscoveryRequest answer(DeltaDiscoveryResponse response, @Nullable String error) {
        var request =
                DeltaDiscoveryRequest.newBuilder()
                        .setTypeUrl(response.getTypeUrl())
                        .setResponseNonce(response.getNonce());
        if (error != null) {
            // Unlike Envoy it claims the good ones of a refused response later on: what a client
            // has and does not say on its next stream, no server can remove.
            for (Resource resource : response.getResourcesList()) {
                if (!error.contains(resource.getName())) {
                    of(versions, typeOf(response)).put(resource.getName(), resource.getVersion());
                }
            }
            return request.setErrorDetail(Status.newBuilder().setMessage(error)).build();
        }
        var known = of(versions, typeOf(response));
        response.getResourcesList()
                .forEach(resource -> known.put(resource.getName(), resource.getVersion()));
        response.getRemovedResourcesList().forEach(known::remove);
        return request.build();
    }

    @Override
    DeltaDiscoveryResponse decoded(Response response) {
        return Decoded.delta(response);
    }

    @Override
    ResourceType typeOf(DeltaDiscoveryResponse response) {
        return ResourceType.find(response.getTypeUrl()).orElseThrow();
    }

    @Override
    Map<String, String> contents(DeltaDiscoveryResponse response) {
        var contents = new HashMap<String, String>();
        for (Resource resource : response.getResourcesList()) {
            contents.put(
                    resource.getName(),
                    Snapshots.content(typeOf(response), resource.getResource()));
        }
        return contents;
    }

    @Override
    Set<String> removed(DeltaDiscoveryResponse response) {
        return new TreeSet<>(response.getRemovedResourcesList());
    }

    @Override
    String described(DeltaDiscoveryRequest request) {
        return ResourceType.find(request.getTypeUrl()).orElseThrow().shortName()
                + " +"
                + request.getResourceNamesSubscribeList()
                + " -"
                + request.getResourceNamesUnsubscribeList()
                + " has "
                + request.getInitialResourceVersionsMap().keySet()
                + " "
                + request.getResponseNonce()
                + " "
                + request.getErrorDetail().getMessage();
    }

    @Override
    void received(DeltaDiscoveryRequest request) {
        var type = ResourceType.find(request.getTypeUrl()).orElseThrow();
        boolean first = !subscribed.containsKey(type);
        var names = subscribed.computeIfAbsent(type, _ -> new TreeSet<>());
        if (first && request.getResourceNamesSubscribeCount() == 0 && type.legacyWildcard()) {
            names.add("*");
        }
        names.addAll(request.getResourceNamesSubscribeList());
        // What is asked for again is sent again.
        request.getResourceNamesSubscribeList().forEach(sentOf(type)::remove);
        names.removeAll(request.getResourceNamesUnsubscribeList());
        request.getResourceNamesUnsubscribeList().forEach(sentOf(type)::remove);
        if (first) {
            request.getInitialResourceVersionsMap().forEach(sentOf(type)::put);
        }
        var answered = unanswered.remove(request.getResponseNonce());
        if (answered != null && request.hasErrorDetail()) {
            for (Resource resource : answered.getResourcesList()) {
                if (request.getErrorDetail().getMessage().contains(resource.getName())) {
                    refused.add(type + resource.getName() + resource.getVersion());
                }
                // The good ones may come again with what replaces the bad.
                sentOf(type).remove(resource.getName());
            }
        }
    }

    /** Never unsolicited, never twice, never after it was refused, never a queue. */
    @Override
    void written(DeltaDiscoveryResponse response) {
        var type = typeOf(response);
        var names = of(subscribed, type, Set.of());
        for (Resource resource : response.getResourcesList()) {
            var label = name + " " + type + " " + resource.getName();
            assertThat(names.contains("*") || names.contains(resource.getName()))
                    .as("%s is asked for", label)
                    .isTrue();
            assertThat(refused)
                    .as("refused versions")
                    .doesNotContain(type + resource.getName() + resource.getVersion());
            assertThat(sentOf(type).put(resource.getName(), resource.getVersion()))
                    .as("%s was not sent before", label)
                    .isNotEqualTo(resource.getVersion());
            if (type == ResourceType.CLUSTER) {
                // Its endpoints must come after it, and may be the same.
                sentOf(ResourceType.ENDPOINT).remove(resource.getName());
            }
        }
        response.getRemovedResourcesList().forEach(sentOf(type)::remove);
        unanswered.put(response.getNonce(), response);
        assertThat(unanswered).as("%s: unanswered", name).hasSizeLessThan(24);
    }

    private Map<String, String> sentOf(ResourceType type) {
        return sent.computeIfAbsent(type, _ -> new HashMap<>());
    }

    private static Map<String, String> of(
            Map<ResourceType, Map<String, String>> byType, ResourceType type) {
        return java.util.Objects.requireNonNull(byType.get(type), "type");
    }

    private static Set<String> of(
            Map<ResourceType, Set<String>> byType, ResourceType type, Set<String> otherwise) {
        return byType.getOrDefault(type, otherwise);
    }
}
