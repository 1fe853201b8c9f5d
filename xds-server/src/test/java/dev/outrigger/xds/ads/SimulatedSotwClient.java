// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Status;
import dev.outrigger.xds.resource.ResourceType;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A client of the state-of-the-world variant, and the rules for what it may be sent. */
final class SimulatedSotwClient extends SimulatedClient<DiscoveryRequest, DiscoveryResponse> {
    private static final Set<String> ROUTES = Set.of("r0", "r1", "r2");

    private final Map<ResourceType, Set<String>> names = new EnumMap<>(ResourceType.class);
    private final Map<ResourceType, String> versions = new EnumMap<>(ResourceType.class);
    private final Map<ResourceType, String> nonces = new EnumMap<>(ResourceType.class);

    // The server's end of this stream.
    private final Map<ResourceType, Set<String>> subscribed = new EnumMap<>(ResourceType.class);
    private final Map<ResourceType, DiscoveryResponse> last = new EnumMap<>(ResourceType.class);
    private final Set<String> refused = new HashSet<>();

    SimulatedSotwClient(Simulation simulation, String name) {
        super(simulation, name);
    }

    @Override
    XdsStream<DiscoveryRequest> newStream(Nonces nonces) {
        return new SotwStream(
                ServedTypes.ALL,
                StreamLimits.DEFAULT.withResponseBytes(600),
                new NameSets(),
                nonces,
                listener);
    }

    @Override
    boolean forgetsOnReconnect() {
        return true;
    }

    @Override
    void restarted() {
        nonces.clear();
        names.clear();
        subscribed.clear();
        last.clear();
        refused.clear();
    }

    @Override
    DiscoveryRequest introduction(ResourceType type) {
        names.put(
                type,
                switch (type) {
                    case ENDPOINT -> new TreeSet<>(held(ResourceType.CLUSTER).keySet());
                    case ROUTE -> new TreeSet<>(ROUTES);
                    default -> new TreeSet<String>();
                });
        return request(type).build();
    }

    private DiscoveryRequest.Builder request(ResourceType type) {
        return DiscoveryRequest.newBuilder()
                .setTypeUrl(type.typeUrl())
                .setVersionInfo(versions.getOrDefault(type, ""))
                .setResponseNonce(nonces.getOrDefault(type, ""))
                .addAllResourceNames(names.getOrDefault(type, Set.of()));
    }

    @Override
    @Nullable DiscoveryRequest subscription(ResourceType type, Set<String> wanted) {
        var before = names.put(type, new TreeSet<>(wanted));
        return wanted.equals(before) ? null : request(type).build();
    }

    @Override
    DiscoveryRequest answer(DiscoveryResponse response, @Nullable String error) {
        var type = typeOf(response);
        nonces.put(type, response.getNonce());
        if (error == null) {
            versions.put(type, response.getVersionInfo());
            return request(type).build();
        }
        return request(type).setErrorDetail(Status.newBuilder().setMessage(error)).build();
    }

    @Override
    DiscoveryResponse decoded(Response response) {
        return Decoded.sotw(response);
    }

    @Override
    ResourceType typeOf(DiscoveryResponse response) {
        return ResourceType.find(response.getTypeUrl()).orElseThrow();
    }

    @Override
    Map<String, String> contents(DiscoveryResponse response) {
        var contents = new TreeMap<String, String>();
        for (Any any : response.getResourcesList()) {
            contents.put(nameOf(typeOf(response), any), Snapshots.content(typeOf(response), any));
        }
        return contents;
    }

    private static String nameOf(ResourceType type, Any any) {
        try {
            return type.nameOf(type.prototype().getParserForType().parseFrom(any.getValue()));
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    /** What a complete list lacks. */
    @Override
    Set<String> removed(DiscoveryResponse response) {
        var type = typeOf(response);
        if (!type.fullState()) {
            return Set.of();
        }
        var gone = new TreeSet<>(held(type).keySet());
        gone.removeAll(contents(response).keySet());
        return gone;
    }

    @Override
    String described(DiscoveryRequest request) {
        return ResourceType.find(request.getTypeUrl()).orElseThrow().shortName()
                + " "
                + request.getResourceNamesList()
                + " "
                + request.getVersionInfo()
                + " "
                + request.getResponseNonce()
                + " "
                + request.getErrorDetail().getMessage();
    }

    @Override
    void received(DiscoveryRequest request) {
        var type = ResourceType.find(request.getTypeUrl()).orElseThrow();
        var answered = last.get(type);
        if (answered != null && !answered.getNonce().equals(request.getResponseNonce())) {
            return; // Stale, as the server must find as well.
        }
        if (answered != null && request.hasErrorDetail()) {
            contents(answered)
                    .forEach((resource, content) -> {
                        if (Simulation.isBad(content)) {
                            refused.add(type + resource + content);
                        }
                    });
        }
        subscribed.put(type, new TreeSet<>(request.getResourceNamesList()));
    }

    /** Never unsolicited, never after it was refused, and always something new. */
    @Override
    void written(DiscoveryResponse response) {
        var type = typeOf(response);
        var wanted = subscribed.getOrDefault(type, Set.of());
        contents(response)
                .forEach((resource, content) -> {
                    assertThat(type.fullState() || wanted.contains(resource))
                            .as("%s %s %s is asked for", name, type, resource)
                            .isTrue();
                    assertThat(refused)
                            .as("refused contents")
                            .doesNotContain(type + resource + content);
                });
        var before = last.put(type, response);
        if (before != null && type.fullState()) {
            assertThat(contents(response))
                    .as("%s %s at %s differs from the list before", name, type, simulation.now())
                    .isNotEqualTo(contents(before));
        }
    }
}
