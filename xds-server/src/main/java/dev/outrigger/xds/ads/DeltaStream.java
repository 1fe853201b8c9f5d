// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.node.StreamListener;
import dev.outrigger.xds.node.StreamListener.TypeState;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.Snapshot;
import dev.outrigger.xds.snapshot.TypeResources;
import dev.outrigger.xds.snapshot.VersionedResource;
import io.envoyproxy.envoy.config.core.v3.ControlPlane;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The incremental variant.
 *
 * <h2>Order</h2>
 *
 * Additions and changes: clusters, endpoints, listeners, routes. Then removals the other way round,
 * but for listeners, which are removed together with what may take their address.
 *
 * <h2>Refusals</h2>
 *
 * Are recorded once. What was refused is held back until something of the same response differs,
 * then all of it is sent: see {@link DeltaType}.
 *
 * <h2>Nonces</h2>
 *
 * Each response's is answered by itself. A request with an unknown one answers nothing, but its
 * subscriptions count: unlike in the other variant they are said only once.
 *
 * <h2>Slow clients</h2>
 *
 * Who leaves too many responses of a type unanswered gets no more of it, nor of the types that come
 * after it; endpoints go on, since a proxy may hold its answer until it has them.
 */
final class DeltaStream implements XdsStream<DeltaDiscoveryRequest, DeltaDiscoveryResponse> {
    private final ServedTypes served;
    private final StreamLimits limits;
    private final Nonces nonces;
    private final StreamListener listener;
    private final Map<ResourceType, DeltaType> types = new EnumMap<>(ResourceType.class);
    private final Map<ResourceType, TypeState> reported = new EnumMap<>(ResourceType.class);
    private @Nullable Snapshot snapshot;
    private long reportedEdition = -1;
    private boolean introduced;

    DeltaStream(ServedTypes served, StreamLimits limits, Nonces nonces, StreamListener listener) {
        this.served = served;
        this.limits = limits;
        this.nonces = nonces;
        this.listener = listener;
    }

    @Override
    public void onRequest(DeltaDiscoveryRequest request) throws ProtocolViolation {
        var known = served.find(request.getTypeUrl());
        if (known.isEmpty()) {
            return; // Not served here; the stream's other types are no worse for it.
        }
        var type = known.get();
        checkNames(request);
        var state = types.get(type);
        if (state == null) {
            state = new DeltaType(type, limits);
            types.put(type, state);
            state.subscribe(request.getResourceNamesSubscribeList());
            if (request.getResourceNamesSubscribeCount() == 0 && type.fullState()) {
                state.legacyWildcard();
            }
            state.unsubscribe(request.getResourceNamesUnsubscribeList());
            state.bring(request.getInitialResourceVersionsMap());
            return;
        }
        answer(type, state, request);
        state.subscribe(request.getResourceNamesSubscribeList());
        state.unsubscribe(request.getResourceNamesUnsubscribeList());
    }

    private void answer(ResourceType type, DeltaType state, DeltaDiscoveryRequest request) {
        var nonce = request.getResponseNonce();
        if (request.hasErrorDetail()) {
            state.reject(nonce, request.getErrorDetail().getMessage())
                    .ifPresent(nack -> listener.rejected(type, nack));
        } else if (state.accept(nonce)) {
            listener.acknowledged(type);
        }
    }

    @Override
    public void onSnapshot(Snapshot newest) {
        snapshot = newest;
    }

    @Override
    public Optional<DeltaDiscoveryResponse> next() {
        if (snapshot == null) {
            return Optional.empty();
        }
        var current = snapshot;
        boolean blocked = false;
        for (ResourceType type : ResourceType.values()) {
            var state = types.get(type);
            if (state == null || (blocked && type != ResourceType.ENDPOINT)) {
                continue;
            }
            var batch = state.additions(current.type(type));
            if (batch.isPresent()) {
                if (!state.isBlocked()) {
                    return batch.map(due -> send(type, state, due, current.type(type)));
                }
                blocked = true;
            }
        }
        return blocked ? Optional.empty() : nextRemoval(current);
    }

    private Optional<DeltaDiscoveryResponse> nextRemoval(Snapshot current) {
        for (ResourceType type : List.of(ResourceType.values()).reversed()) {
            var state = types.get(type);
            if (state == null) {
                continue;
            }
            var batch = state.removals(current.type(type));
            if (batch.isPresent()) {
                return state.isBlocked()
                        ? Optional.empty()
                        : batch.map(due -> send(type, state, due, current.type(type)));
            }
            state.settle(current.type(type));
        }
        return Optional.empty();
    }

    private DeltaDiscoveryResponse send(
            ResourceType type, DeltaType state, DeltaType.Batch batch, TypeResources resources) {
        var nonce = nonces.next();
        var message =
                DeltaDiscoveryResponse.newBuilder()
                        .setTypeUrl(type.typeUrl())
                        .setSystemVersionInfo(resources.version())
                        .setNonce(nonce)
                        .addAllRemovedResources(batch.removed());
        for (VersionedResource resource : batch.changed()) {
            message.addResources(
                    Resource.newBuilder()
                            .setName(resource.name())
                            .setVersion(resource.version())
                            .setResource(resource.any()));
        }
        if (!introduced) {
            introduced = true;
            message.setControlPlane(ControlPlane.newBuilder().setIdentifier("outrigger"));
        }
        if (type == ResourceType.CLUSTER && types.containsKey(ResourceType.ENDPOINT)) {
            // A changed cluster warms until its endpoints come after it, even if they are the same.
            types.get(ResourceType.ENDPOINT)
                    .resend(
                            batch.changed().stream()
                                    .map(VersionedResource::endpointsName)
                                    .toList());
        }
        state.markSent(batch, nonce, resources.version());
        listener.sent(type, batch.changed().size(), batch.removed().size());
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

    private void checkNames(DeltaDiscoveryRequest request) throws ProtocolViolation {
        int tracked = types.values().stream().mapToInt(DeltaType::trackedNames).sum();
        if (tracked
                        + request.getResourceNamesSubscribeCount()
                        + request.getInitialResourceVersionsCount()
                > limits.resourceNames()) {
            throw new ProtocolViolation(
                    ProtocolViolation.Kind.LIMIT_EXCEEDED,
                    "more than " + limits.resourceNames() + " resource names on one stream");
        }
    }
}
