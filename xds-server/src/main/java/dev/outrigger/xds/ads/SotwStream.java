// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.node.StreamListener;
import dev.outrigger.xds.node.StreamListener.TypeState;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.Snapshot;
import dev.outrigger.xds.snapshot.VersionedResource;
import io.envoyproxy.envoy.config.core.v3.ControlPlane;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The state-of-the-world variant.
 *
 * <h2>Order</h2>
 *
 * Clusters, endpoints, listeners, routes. A cluster that is gone stays in the list until the routes
 * that may refer to it have been sent; then a shorter list follows.
 *
 * <h2>Refusals</h2>
 *
 * Are recorded once. What was refused counts as sent, so nothing is sent again until it differs.
 *
 * <h2>Nonces</h2>
 *
 * A request with another nonce than the last response's was sent before the client saw that
 * response; it is ignored, for the client will say everything again in its answer.
 */
final class SotwStream implements XdsStream<DiscoveryRequest, DiscoveryResponse> {
    private final ServedTypes served;
    private final StreamLimits limits;
    private final Nonces nonces;
    private final StreamListener listener;
    private final Map<ResourceType, SotwType> types = new EnumMap<>(ResourceType.class);
    private final Map<ResourceType, TypeState> reported = new EnumMap<>(ResourceType.class);
    private @Nullable Snapshot snapshot;
    private long reportedEdition = -1;
    private boolean introduced;

    SotwStream(ServedTypes served, StreamLimits limits, Nonces nonces, StreamListener listener) {
        this.served = served;
        this.limits = limits;
        this.nonces = nonces;
        this.listener = listener;
    }

    @Override
    public void onRequest(DiscoveryRequest request) throws ProtocolViolation {
        var known = served.find(request.getTypeUrl());
        if (known.isEmpty()) {
            return; // Not served here; the stream's other types are no worse for it.
        }
        var type = known.get();
        checkNames(request, type);
        var state = types.get(type);
        if (state == null) {
            state = new SotwType(type);
            types.put(type, state);
            state.firstRequest(request.getResourceNamesList(), request.getVersionInfo());
            return;
        }
        if (!state.isCurrent(request.getResponseNonce())) {
            return;
        }
        if (request.hasErrorDetail()) {
            state.reject(request.getErrorDetail().getMessage())
                    .ifPresent(nack -> listener.rejected(type, nack));
        } else if (state.accept()) {
            listener.acknowledged(type);
        }
        state.subscribe(request.getResourceNamesList());
    }

    @Override
    public void onSnapshot(Snapshot newest) {
        snapshot = newest;
    }

    @Override
    public Optional<DiscoveryResponse> next() {
        if (snapshot == null) {
            return Optional.empty();
        }
        var current = snapshot;
        for (ResourceType type : ResourceType.values()) {
            var response = next(type, current, type == ResourceType.CLUSTER);
            if (response.isPresent()) {
                return response;
            }
        }
        // Everything else has been said, so nothing refers to a removed cluster any more.
        return next(ResourceType.CLUSTER, current, false);
    }

    private Optional<DiscoveryResponse> next(
            ResourceType type, Snapshot current, boolean keepRemoved) {
        var state = types.get(type);
        return state == null
                ? Optional.empty()
                : state.due(current.type(type), keepRemoved)
                        .map(response -> send(type, state, response));
    }

    private DiscoveryResponse send(ResourceType type, SotwType state, SotwType.Response response) {
        var nonce = nonces.next();
        var message =
                DiscoveryResponse.newBuilder()
                        .setTypeUrl(type.typeUrl())
                        .setVersionInfo(response.version())
                        .setNonce(nonce);
        for (VersionedResource resource : response.list()) {
            message.addResources(resource.any());
        }
        if (!introduced) {
            introduced = true;
            message.setControlPlane(ControlPlane.newBuilder().setIdentifier("outrigger"));
        }
        if (type == ResourceType.CLUSTER && types.containsKey(ResourceType.ENDPOINT)) {
            // A changed cluster warms until its endpoints come after it, even if they are the same.
            types.get(ResourceType.ENDPOINT)
                    .forget(
                            state.changedBy(response).stream()
                                    .map(VersionedResource::endpointsName)
                                    .collect(Collectors.toSet()));
        }
        state.markSent(response, nonce);
        listener.sent(type, response.resources().size(), 0);
        return message.build();
    }

    @Override
    public void report() {
        if (snapshot == null) {
            return;
        }
        var current = snapshot;
        types.forEach((type, state) -> {
            var now = state.state(current.type(type));
            if (!now.equals(reported.put(type, now))) {
                listener.state(type, now);
            }
        });
        if (reportedEdition != current.edition()) {
            reportedEdition = current.edition();
            listener.evaluated(current.edition(), current.revision(), current.documents());
        }
    }

    private void checkNames(DiscoveryRequest request, ResourceType type) throws ProtocolViolation {
        int others =
                types.entrySet().stream()
                        .filter(entry -> entry.getKey() != type)
                        .mapToInt(entry -> entry.getValue().subscribedNames())
                        .sum();
        if (others + request.getResourceNamesCount() > limits.resourceNames()) {
            throw new ProtocolViolation(
                    ProtocolViolation.Kind.LIMIT_EXCEEDED,
                    "more than " + limits.resourceNames() + " resource names on one stream");
        }
    }
}
