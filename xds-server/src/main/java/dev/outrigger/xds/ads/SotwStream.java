// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.node.StreamListener;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.Snapshot;
import dev.outrigger.xds.snapshot.VersionedResource;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state-of-the-world variant.
 *
 * <h2>Order</h2>
 *
 * As {@link Stages} says. A cluster that is gone stays in the list until the routes that may refer
 * to it have been accepted; then a shorter list follows.
 *
 * <h2>Refusals</h2>
 *
 * Are recorded once. What was refused is not sent again until it differs; where a list must be
 * complete, it holds what the client has instead.
 *
 * <h2>Nonces</h2>
 *
 * A request with another nonce than the last response's was sent before the client saw that
 * response; it is ignored, for the client will say everything again in its answer.
 *
 * <h2>Slow clients</h2>
 *
 * One response of a type is under way at a time, for as long as patience lasts.
 */
final class SotwStream implements XdsStream<DiscoveryRequest> {
    private final ServedTypes served;
    private final StreamLimits limits;
    private final NameSets sharing;
    private final Nonces nonces;
    private final StreamListener listener;
    private final Map<ResourceType, SotwType> types = new EnumMap<>(ResourceType.class);
    private final Stages stages;
    private final TypeReports reports;
    private Interest interest = Interest.NONE;
    private @Nullable Snapshot snapshot;
    private boolean introduced;

    SotwStream(
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
    public void onRequest(DiscoveryRequest request) throws ProtocolViolation {
        var known = served.find(request.getTypeUrl()).filter(type -> !type.deltaOnly());
        if (known.isEmpty()) {
            return; // Not served here; the stream's other types are no worse for it.
        }
        var type = known.get();
        var state = types.get(type);
        NameLimits.check(limits, types.values(), type, request.getResourceNamesCount());
        if (state == null) {
            begin(type, request);
        } else if (state.isCurrent(request.getResponseNonce())) {
            if (request.hasErrorDetail()) {
                state.reject(request.getErrorDetail().getMessage())
                        .ifPresent(nack -> {
                            stages.refused(type);
                            listener.rejected(type, nack);
                        });
            } else if (state.accept()) {
                listener.acknowledged(type);
            }
            state.subscribe(request.getResourceNamesList());
        }
        interest = Interest.of(types.values(), interest);
    }

    private void begin(ResourceType type, DiscoveryRequest request) {
        var state = new SotwType(type, limits, sharing);
        types.put(type, state);
        stages.add(state);
        state.firstRequest(request.getResourceNamesList(), request.getVersionInfo());
        if (snapshot != null) {
            state.remember(snapshot.earlier(type));
            state.advance(snapshot.type(type));
        }
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // The one it has is handed in over and over again.
    public void onSnapshot(Snapshot newest) {
        if (newest != snapshot) {
            stages.judged();
        }
        snapshot = newest;
        for (SotwType type : types.values()) {
            type.remember(newest.earlier(type.type));
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
        for (SotwType type : types.values()) { // In order: see ResourceType.
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
        for (SotwType type : List.copyOf(types.values()).reversed()) {
            if (type.hasRemovals()) {
                if (!stages.mayRemove(type, nowNanos) || !type.mayUpdate(nowNanos)) {
                    return Optional.empty();
                }
                var response = type.removals().map(due -> send(type, due, nowNanos));
                stages.removalSent();
                return response;
            }
        }
        return Optional.empty();
    }

    private Response send(SotwType type, SotwType.Batch batch, long nowNanos) {
        var nonce = nonces.next();
        var head = ResponseHead.sotw(type.type, batch.version(), nonce, !introduced);
        introduced = true;
        if (type.type == ResourceType.CLUSTER && types.containsKey(ResourceType.ENDPOINT)) {
            // A changed cluster warms until its endpoints come after it, even if they are the same.
            types.get(ResourceType.ENDPOINT)
                    .holdings
                    .resend(
                            batch.changes().stream()
                                    .map(Flight.Change::resource)
                                    .map(VersionedResource::endpointsName)
                                    .toList());
        }
        type.markSent(batch, nonce, stages.nextSequence(), nowNanos);
        listener.sent(type.type, batch.resources().size(), 0);
        return new Response(type.type, head, batch.resources(), false);
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
