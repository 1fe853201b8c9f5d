// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.node;

import dev.outrigger.policy.status.ProxyStatus;
import dev.outrigger.policy.status.ProxyStatus.State;
import dev.outrigger.policy.status.ProxyStatus.TypeStatus;
import dev.outrigger.xds.resource.ResourceType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One node id with its streams. Guarded by the registry's lock. */
final class ProxyRecord {
    /** In the order they began. */
    private final List<ProxySession> sessions = new ArrayList<>();

    private @Nullable ProxyStatus last;
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
        var status = status();
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

    List<String> peers() {
        return sessions.stream().map(ProxySession::peer).distinct().toList();
    }

    Instant since() {
        return since;
    }

    /** Whether a document selects it. */
    boolean isMatched() {
        return !status().sidecars().isEmpty();
    }

    boolean hasAnswered() {
        return sessions.stream().allMatch(ProxySession::hasAnswered);
    }

    boolean hasRejected() {
        return sessions.stream().anyMatch(ProxySession::hasRejected);
    }

    ProxyStatus status() {
        if (sessions.isEmpty()) {
            return java.util.Objects.requireNonNull(last, "a proxy begins with a stream");
        }
        var newest = sessions.getLast();
        Map<String, TypeStatus> types = new HashMap<>();
        for (ResourceType type : ResourceType.values()) {
            types.put(
                    type.typeUrl(),
                    new TypeStatus(State.NOT_SUBSCRIBED, "", "", since, Optional.empty()));
        }
        sessions.forEach(session -> types.putAll(session.statuses()));
        return new ProxyStatus(
                newest.node().id(),
                newest.node().cluster(),
                newest.node().userAgent(),
                newest.peer(),
                true,
                since,
                newest.documents(),
                types);
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
                                        before.rejection())));
        return new ProxyStatus(
                status.id(),
                status.cluster(),
                status.userAgent(),
                status.peer(),
                false,
                now,
                status.sidecars(),
                types);
    }
}
