// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.node;

import dev.outrigger.policy.status.PolicyField;
import dev.outrigger.policy.status.ProxyStatus;
import dev.outrigger.policy.status.ProxyStatus.Connection;
import dev.outrigger.policy.status.ProxyStatus.Rejection;
import dev.outrigger.policy.status.ProxyStatus.State;
import dev.outrigger.policy.status.ProxyStatus.TypeStatus;
import dev.outrigger.policy.status.Withheld;
import dev.outrigger.xds.resource.ResourceType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One node id with its streams. Guarded by the registry's lock. */
final class ProxyRecord {
    /** In the order they began. */
    private final List<ProxySession> sessions = new ArrayList<>();

    private @Nullable ProxyStatus last;
    private NodeGroupKey group = new NodeGroupKey(List.of());
    private Instant since;

    ProxyRecord(Instant since) {
        this.since = since;
    }

    void opened(ProxySession session, Instant now) {
        if (sessions.isEmpty()) {
            since = now;
        }
        sessions.add(session);
    }

    void closed(ProxySession session, Instant now) {
        var status = status(now, GroupStanding.UNKNOWN);
        if (sessions.remove(session) && sessions.isEmpty()) {
            since = now;
            last = disconnected(status, now);
        }
    }

    boolean isConnected() {
        return !sessions.isEmpty();
    }

    /** Per-type streams share a connection; another peer is another client, or a reconnection. */
    boolean isConnectedElsewhere(String peer) {
        return sessions.stream().anyMatch(session -> !session.peer().equals(peer));
    }

    Subscribed subscribed() {
        return Subscribed.allOf(sessions.stream().map(ProxySession::subscribed).toList());
    }

    List<String> peers() {
        return sessions.stream().map(ProxySession::peer).distinct().toList();
    }

    Instant since() {
        return since;
    }

    /** Whether a document selects it. */
    boolean isMatched() {
        return !group.documents().isEmpty()
                || (sessions.isEmpty()
                        ? last != null && !last.sidecars().isEmpty()
                        : !sessions.getLast().documents().isEmpty());
    }

    /** As its newest stream says; it is connected. */
    NodeIdentity node() {
        return sessions.getLast().node();
    }

    NodeGroupKey group() {
        return group;
    }

    void grouped(NodeGroupKey key) {
        group = key;
    }

    boolean hasAnswered() {
        return sessions.stream().allMatch(ProxySession::hasAnswered);
    }

    boolean isJudged() {
        return sessions.stream().allMatch(ProxySession::isJudged);
    }

    boolean hasRejected() {
        return sessions.stream().anyMatch(ProxySession::hasRejected);
    }

    ProxyStatus status(Instant now, GroupStanding standing) {
        if (sessions.isEmpty()) {
            return aged(Objects.requireNonNull(last, "a proxy begins with a stream"), now);
        }
        var newest = sessions.getLast();
        var types = new HashMap<String, TypeStatus>();
        for (ResourceType type : ResourceType.values()) {
            if (type.isBasic()) {
                types.put(
                        type.typeUrl(),
                        new TypeStatus(
                                State.NOT_SUBSCRIBED,
                                "",
                                "",
                                since,
                                Duration.between(since, now),
                                Optional.empty()));
            }
        }
        sessions.forEach(session ->
                session.statuses(now).forEach((type, status) -> merge(types, type, status)));
        var id = newest.node().id();
        standing.withheld()
                .forEach(held ->
                        types.computeIfPresent(
                                held.type(), (_, status) -> withheld(id, status, held, now)));
        return new ProxyStatus(
                id,
                newest.node().cluster(),
                newest.node().labels(),
                newest.node().userAgent(),
                newest.peer(),
                true,
                since,
                newest.documents(),
                types,
                connections(),
                standing.withheld());
    }

    /** Of several streams, the one that is furthest behind; of equals, the newest. */
    private static void merge(Map<String, TypeStatus> types, String type, TypeStatus status) {
        types.merge(
                type,
                status,
                (one, other) -> rank(other.state()) >= rank(one.state()) ? other : one);
    }

    private static int rank(State state) {
        return switch (state) {
            case NOT_SUBSCRIBED, DISCONNECTED -> 0;
            case SYNCED -> 1;
            case HELD -> 2;
            case PENDING -> 3;
            case REJECTED -> 4;
        };
    }

    /**
     * The stream knows only what it was sent: one that has the last good version again knows
     * nothing of the refusal any more.
     */
    private static TypeStatus withheld(String id, TypeStatus status, Withheld held, Instant now) {
        boolean isRefuser = held.proxies().contains(id);
        if (held.reason() != Withheld.Reason.REFUSED
                || status.state() == State.NOT_SUBSCRIBED
                || (!isRefuser && status.state() != State.SYNCED)) {
            return status;
        }
        return new TypeStatus(
                isRefuser ? State.REJECTED : State.HELD,
                status.version(),
                status.acceptedVersion(),
                held.since(),
                Duration.between(held.since(), now),
                isRefuser ? Optional.of(rejection(held)) : Optional.empty());
    }

    private static Rejection rejection(Withheld held) {
        return new Rejection(
                held.version(),
                held.detail(),
                held.since(),
                held.resources(),
                held.fields().stream().map(PolicyField::document).distinct().toList(),
                held.fields());
    }

    private List<Connection> connections() {
        var byPeer = new LinkedHashMap<String, Connection>();
        for (ProxySession session : sessions) {
            byPeer.merge(
                    session.peer(),
                    new Connection(session.peer(), session.since(), 1),
                    (one, _) -> new Connection(one.peer(), one.since(), one.streams() + 1));
        }
        return List.copyOf(byPeer.values());
    }

    private static ProxyStatus aged(ProxyStatus status, Instant now) {
        var types = new HashMap<String, TypeStatus>();
        status.types()
                .forEach((type, before) ->
                        types.put(
                                type,
                                new TypeStatus(
                                        before.state(),
                                        before.version(),
                                        before.acceptedVersion(),
                                        before.since(),
                                        Duration.between(before.since(), now),
                                        before.rejection())));
        return new ProxyStatus(
                status.id(),
                status.cluster(),
                status.labels(),
                status.userAgent(),
                status.peer(),
                status.connected(),
                status.since(),
                status.sidecars(),
                types,
                List.of(),
                List.of());
    }

    private static ProxyStatus disconnected(ProxyStatus status, Instant now) {
        var types = new HashMap<String, TypeStatus>();
        status.types()
                .forEach((type, before) ->
                        types.put(
                                type,
                                new TypeStatus(
                                        State.DISCONNECTED,
                                        before.version(),
                                        before.acceptedVersion(),
                                        now,
                                        Duration.ZERO,
                                        before.rejection())));
        return new ProxyStatus(
                status.id(),
                status.cluster(),
                status.labels(),
                status.userAgent(),
                status.peer(),
                false,
                now,
                status.sidecars(),
                types,
                List.of(),
                List.of());
    }
}
