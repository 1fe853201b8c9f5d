// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.node;

import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.status.PolicyField;
import dev.outrigger.policy.status.ProxyStatus.Rejection;
import dev.outrigger.policy.status.ProxyStatus.State;
import dev.outrigger.policy.status.ProxyStatus.TypeStatus;
import dev.outrigger.xds.resource.ResourceType;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** One stream of a proxy. Its own thread writes, the registry's lock guards what others read. */
public final class ProxySession implements StreamListener, AutoCloseable {
    private final ProxyRegistry registry;
    private final ProxyRecord proxy;
    private final NodeIdentity node;
    private final String peer;
    private final Instant since;
    private final Map<ResourceType, Standing> types = new EnumMap<>(ResourceType.class);
    private final Map<ResourceType, Rejection> rejections = new EnumMap<>(ResourceType.class);

    /** Refused types of which nobody has said yet whose fault it is. */
    private final Set<ResourceType> unjudged = EnumSet.noneOf(ResourceType.class);

    private List<PolicyId> documents = List.of();

    /** Written by the feed's thread; whoever waits finds out when the stream has evaluated it. */
    private volatile long toldEdition;

    private long evaluatedEdition = -1;

    /** Written by the stream. */
    private volatile Subscribed subscribed = Subscribed.NOTHING;

    ProxySession(
            ProxyRegistry registry,
            ProxyRecord proxy,
            NodeIdentity node,
            String peer,
            Instant since) {
        this.since = since;
        this.registry = registry;
        this.proxy = proxy;
        this.node = node;
        this.peer = peer;
    }

    @Override
    public void sent(ResourceType type, int resources, int removed) {
        registry.metrics().sent(type, resources + removed);
    }

    @Override
    public void acknowledged(ResourceType type) {
        registry.metrics().acknowledged(type);
    }

    @Override
    public void rejected(ResourceType type, Nack nack) {
        registry.metrics().rejected(type);
        ProxyRegistry.logRejection(node, type, nack, peer);
        var judge = registry.judge();
        registry.update(now -> {
            rejections.put(
                    type,
                    new Rejection(
                            nack.version(),
                            nack.error(),
                            now,
                            nack.resources(),
                            List.copyOf(nack.policies()),
                            List.of()));
            if (judge.isPresent()) {
                unjudged.add(type);
            }
        });
        judge.ifPresent(who -> who.refused(this, type, nack));
    }

    /** Whose fault a refusal is. */
    public void blame(ResourceType type, Nack nack, List<PolicyField> fields) {
        registry.update(_ -> {
            unjudged.remove(type);
            rejections.computeIfPresent(
                    type,
                    (_, before) ->
                            before.version().equals(nack.version())
                                    ? blamed(before, nack, fields)
                                    : before);
        });
    }

    private static Rejection blamed(Rejection before, Nack nack, List<PolicyField> fields) {
        var documents = new TreeSet<PolicyId>();
        fields.forEach(field -> documents.add(field.document()));
        return new Rejection(
                before.version(),
                before.error(),
                before.at(),
                before.resources(),
                List.copyOf(documents.isEmpty() ? nack.policies() : documents),
                fields);
    }

    @Override
    public void state(ResourceType type, TypeState state) {
        registry.update(now -> {
            var before = types.get(type);
            var since =
                    before != null && before.state().state() == state.state()
                            ? before.since()
                            : now;
            types.put(type, new Standing(state, since));
            if (state.state() == State.SYNCED) {
                rejections.remove(type); // What was refused is no longer what is published.
            }
        });
        registry.mayHaveAnswered(node.id());
    }

    /**
     * The stream was handed a snapshot. Until it has evaluated that, it has not answered any
     * revision; a revision that brings it no snapshot asks nothing of it.
     */
    public void told(long edition) {
        toldEdition = edition;
    }

    /** What the stream asks for now. */
    public void subscribes(Subscribed to) {
        subscribed = to;
    }

    Subscribed subscribed() {
        return subscribed;
    }

    @Override
    public void evaluated(long edition, long revision, List<PolicyId> selectedBy) {
        registry.update(_ -> {
            evaluatedEdition = edition;
            documents = selectedBy;
        });
        registry.mayHaveAnswered(node.id());
    }

    @Override
    public void close() {
        registry.closed(proxy, this);
    }

    public NodeIdentity node() {
        return node;
    }

    String peer() {
        return peer;
    }

    Instant since() {
        return since;
    }

    List<PolicyId> documents() {
        return documents;
    }

    /** Whether it stands as everything that was published up to now asks for. */
    boolean hasAnswered() {
        return evaluatedEdition >= toldEdition
                && unjudged.isEmpty()
                && types.values().stream()
                        .noneMatch(standing -> standing.state().state() == State.PENDING);
    }

    /** Whether it is known whose fault each refusal is. */
    boolean isJudged() {
        return unjudged.isEmpty();
    }

    boolean hasRejected() {
        return types.values().stream()
                .anyMatch(standing -> standing.state().state() == State.REJECTED);
    }

    Map<String, TypeStatus> statuses(Instant now) {
        var statuses = new java.util.HashMap<String, TypeStatus>();
        types.forEach((type, standing) ->
                statuses.put(
                        type.typeUrl(),
                        new TypeStatus(
                                standing.state().state(),
                                standing.state().version(),
                                standing.state().acceptedVersion(),
                                standing.since(),
                                Duration.between(standing.since(), now),
                                Optional.ofNullable(rejections.get(type)))));
        return statuses;
    }

    private record Standing(TypeState state, Instant since) {}
}
