// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.node.StreamListener;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.Snapshot;
import dev.outrigger.xds.snapshot.VersionedResource;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
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
 * As {@link Stages} says, but for listeners, which are removed together with what may take their
 * address.
 *
 * <h2>Refusals</h2>
 *
 * Are recorded once. What was refused is held back until something of the same response differs,
 * then all of it is sent: see {@link Refusals}.
 *
 * <h2>Nonces</h2>
 *
 * Each response's is answered by itself. A request with an unknown one answers nothing, but its
 * subscriptions count: unlike in the other variant they are said only once.
 *
 * <h2>Slow clients</h2>
 *
 * Updates of a type wait for the answer to the one before for as long as patience lasts, and are
 * then the newest; what the client asks for meanwhile does not wait.
 */
final class DeltaStream implements XdsStream<DeltaDiscoveryRequest> {
    private final ServedTypes served;
    private final StreamLimits limits;
    private final NameSets sharing;
    private final Nonces nonces;
    private final StreamListener listener;
    private final Map<ResourceType, DeltaType> types = new EnumMap<>(ResourceType.class);
    private final Stages stages;
    private final TypeReports reports;
    private Interest interest = Interest.NONE;
    private @Nullable Snapshot snapshot;
    private boolean introduced;

    DeltaStream(
            ServedTypes served,
            StreamLimits limits,
            NameSets sharing,
            Nonces nonces,
            StreamListener listener) {
        this.served = served;
        this.limits = limits;
        this.sharing = sharing;
        this.nonces = nonces;
        this.listener = listener;
        this.stages = new Stages(limits, served.only().isEmpty());
        this.reports = new TypeReports(listener);
    }

    @Override
    public void onRequest(DeltaDiscoveryRequest request) throws ProtocolViolation {
        var known = served.find(request.getTypeUrl());
        if (known.isEmpty()) {
            return; // Not served here; the stream's other types are no worse for it.
        }
        var type = known.get();
        var state = types.get(type);
        NameLimits.check(limits, types.values(), type, request.getInitialResourceVersionsCount());
        if (state == null) {
            state = begin(type, request);
        } else {
            answer(state, request);
            state.subscribe(request.getResourceNamesSubscribeList());
            state.unsubscribe(request.getResourceNamesUnsubscribeList());
        }
        // Afterwards, since names that it had already are no more than before.
        NameLimits.check(limits, types.values(), type, state.trackedNames());
        interest = Interest.of(types.values(), interest);
    }

    private DeltaType begin(ResourceType type, DeltaDiscoveryRequest request) {
        var state = new DeltaType(type, limits, sharing);
        types.put(type, state);
        stages.add(state);
        if (snapshot != null) {
            // First, so that what the client has already is compared rather than written down.
            state.advance(snapshot.type(type));
        }
        state.begin(
                request.getResourceNamesSubscribeList(),
                request.getResourceNamesUnsubscribeList(),
                request.getInitialResourceVersionsMap());
        return state;
    }

    private void answer(DeltaType state, DeltaDiscoveryRequest request) {
        var nonce = request.getResponseNonce();
        if (request.hasErrorDetail()) {
            state.reject(nonce, request.getErrorDetail().getMessage())
                    .ifPresent(nack -> {
                        stages.refused(state.type);
                        listener.rejected(state.type, nack);
                    });
        } else if (state.accept(nonce)) {
            listener.acknowledged(state.type);
        }
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // The one it has is handed in over and over again.
    public void onSnapshot(Snapshot newest) {
        if (newest != snapshot) {
            stages.judged();
        }
        snapshot = newest;
        for (DeltaType type : types.values()) {
            if (type.advance(newest.type(type.type))) {
                stages.removalsChanged();
            }
        }
    }

    @Override
    public Interest interest() {
        return interest;
    }

    @Override
    public Optional<Response> next(long nowNanos) {
        if (snapshot == null) {
            return Optional.empty();
        }
        stages.at(nowNanos);
        for (DeltaType type : types.values()) { // In order: see ResourceType.
            if (type.hasAdditions()) {
                var batch = type.additions(stages.scope(type, nowNanos));
                if (batch.isPresent()) {
                    return batch.map(due -> send(type, due, nowNanos));
                }
            }
        }
        return nextRemoval(nowNanos);
    }

    private Optional<Response> nextRemoval(long nowNanos) {
        for (DeltaType type : List.copyOf(types.values()).reversed()) {
            if (type.hasRemovals()) {
                if (!stages.mayRemove(type, nowNanos)) {
                    return Optional.empty();
                }
                var response = type.removals().map(due -> send(type, due, nowNanos));
                stages.removalSent();
                return response;
            }
        }
        return Optional.empty();
    }

    private Response send(DeltaType type, DeltaType.Batch batch, long nowNanos) {
        var nonce = nonces.next();
        var head =
                ResponseHead.delta(
                        type.type,
                        type.targetVersion(),
                        nonce,
                        !introduced,
                        batch.removed(),
                        batch.unresolved());
        introduced = true;
        if (type.type == ResourceType.CLUSTER && types.containsKey(ResourceType.ENDPOINT)) {
            // A changed cluster warms until its endpoints come after it, even if they are the same.
            types.get(ResourceType.ENDPOINT)
                    .holdings
                    .resend(
                            batch.changed().stream()
                                    .map(VersionedResource::endpointsName)
                                    .toList());
        }
        type.markSent(batch, nonce, stages.nextSequence(), nowNanos);
        listener.sent(type.type, batch.changed().size(), batch.removed().size());
        return new Response(type.type, head, batch.changed(), true);
    }

    @Override
    public long nextDeadline(long nowNanos) {
        return snapshot == null ? Stages.NEVER : stages.nextDeadline(nowNanos);
    }

    @Override
    public int takeGivenUp() {
        return stages.takeGivenUp();
    }

    @Override
    public void report() {
        if (snapshot != null) {
            reports.report(types.values(), stages, snapshot);
        }
    }
}
