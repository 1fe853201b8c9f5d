// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.node;

import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.status.ProxyStatus;
import dev.outrigger.policy.status.StatusSource;
import dev.outrigger.policy.status.SyncReport;
import dev.outrigger.policy.status.Withheld;
import dev.outrigger.xds.resource.ResourceType;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every proxy connected now or lately, and what it made of what it was sent. Any thread.
 *
 * <p>A proxy is a node id. It may have several streams: one per type without aggregation, or an old
 * one that nobody has noticed is dead; per type the newest counts.
 */
public final class ProxyRegistry implements StatusSource {
    private static final Logger log = LoggerFactory.getLogger(ProxyRegistry.class);

    /** Of what a proxy says about a refusal: it is told in full where it is asked for. */
    private static final int MAX_LOGGED_CHARS = 2_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, ProxyRecord> proxies = new TreeMap<>();

    /** Those that are not connected, the one that has been for longest first. */
    private final Set<String> gone = new LinkedHashSet<>();

    private final InstantSource clock;
    private final Retention retention;
    private final StreamMetrics metrics;
    private final Map<NodeGroupKey, GroupStanding> standings = new HashMap<>();
    private long publishedRevision;
    private volatile @Nullable Judge judge;
    private volatile Set<String> watched = Set.of();

    public ProxyRegistry(InstantSource clock, Retention retention, MeterRegistry meters) {
        this.clock = clock;
        this.retention = retention;
        this.metrics = new StreamMetrics(meters);
        Gauge.builder("outrigger.xds.proxies", this, ProxyRegistry::connected)
                .description("Connected proxies, by node id")
                .register(meters);
    }

    /**
     * How long and how many disconnected proxies are remembered.
     *
     * @param count the longest disconnected go first
     */
    public record Retention(Duration time, int count) {
        public static final Retention DEFAULT = new Retention(Duration.ofHours(1), 1_000);
    }

    /** A stream began; the session must be closed with it. */
    public ProxySession open(NodeIdentity node, String peer) {
        lock.lock();
        try {
            forgetOld();
            var proxy = proxies.computeIfAbsent(node.id(), _ -> new ProxyRecord(clock.instant()));
            if (proxy.isConnectedElsewhere(peer)) {
                metrics.duplicateNode();
                log.warn(
                        "a second client uses this node id node={} peer={} others={}",
                        node.id(),
                        peer,
                        proxy.peers());
            }
            gone.remove(node.id());
            var session = new ProxySession(this, proxy, node, peer, clock.instant());
            proxy.opened(session, clock.instant());
            metrics.opened();
            changed.signalAll();
            return session;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Every group has what this revision asks for, and every stream has been handed its snapshot:
     * see {@link ProxySession#told}.
     */
    public void published(long revision) {
        lock.lock();
        try {
            publishedRevision = Math.max(publishedRevision, revision);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Which group a node is in from now on. */
    public void grouped(String nodeId, NodeGroupKey group) {
        lock.lock();
        try {
            var proxy = proxies.get(nodeId);
            if (proxy != null) {
                proxy.grouped(group);
            }
        } finally {
            lock.unlock();
        }
    }

    /** How a group stands from now on. */
    public void standing(NodeGroupKey group, GroupStanding standing) {
        lock.lock();
        try {
            standings.put(group, standing);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A group that has no nodes any more. */
    public void forget(NodeGroupKey group) {
        lock.lock();
        try {
            standings.remove(group);
        } finally {
            lock.unlock();
        }
    }

    /** Who decides what follows from refusals; to be given before the first stream begins. */
    public void judgedBy(Judge newJudge) {
        judge = newJudge;
    }

    /** The nodes whose answers the judge waits for. */
    public void watchAnswers(Set<String> nodeIds) {
        watched = Set.copyOf(nodeIds);
        nodeIds.forEach(this::mayHaveAnswered);
    }

    /** Whether a node has answered everything it was given; not so if it is not connected. */
    public boolean hasAnswered(String nodeId) {
        lock.lock();
        try {
            var proxy = proxies.get(nodeId);
            return proxy != null && proxy.isConnected() && proxy.hasAnswered();
        } finally {
            lock.unlock();
        }
    }

    /** The clients that are connected, by id. */
    public List<NodeIdentity> nodes() {
        lock.lock();
        try {
            return proxies.values().stream()
                    .filter(ProxyRecord::isConnected)
                    .map(ProxyRecord::node)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /** What a proxy asks for on all of its streams. */
    public Subscribed subscribed(String nodeId) {
        lock.lock();
        try {
            var proxy = proxies.get(nodeId);
            return proxy == null ? Subscribed.NOTHING : proxy.subscribed();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<ProxyStatus> proxies() {
        return proxies(_ -> true);
    }

    @Override
    public List<ProxyStatus> proxies(PolicyId document) {
        return proxies(proxy -> {
            var key = proxy.group();
            return key.documents().contains(document)
                    || standing(proxy).isMadeOf().test(document)
                    || standing(proxy).withheld().stream()
                            .flatMap(held -> held.fields().stream())
                            .anyMatch(field -> field.document().equals(document));
        });
    }

    private List<ProxyStatus> proxies(Predicate<ProxyRecord> condition) {
        lock.lock();
        try {
            forgetOld();
            return statuses(condition);
        } finally {
            lock.unlock();
        }
    }

    private List<ProxyStatus> statuses(Predicate<ProxyRecord> condition) {
        var now = clock.instant();
        return proxies.values().stream()
                .filter(condition)
                .map(proxy -> proxy.status(now, standing(proxy)))
                .toList();
    }

    private GroupStanding standing(ProxyRecord proxy) {
        return standings.getOrDefault(proxy.group(), GroupStanding.UNKNOWN);
    }

    @Override
    public SyncReport awaitSync(long revision, Duration timeout) throws InterruptedException {
        long left = timeout.toNanos();
        lock.lockInterruptibly();
        try {
            while (!isAnswered(revision) && !isHopeless(revision) && left > 0) {
                left = changed.awaitNanos(left);
            }
            var matching = statuses(ProxyRecord::isMatched);
            boolean synced =
                    isAnswered(revision)
                            && !isHopeless(revision)
                            && proxies.values().stream()
                                    .filter(ProxyRecord::isMatched)
                                    .filter(ProxyRecord::isConnected)
                                    .noneMatch(ProxyRecord::hasRejected);
            return new SyncReport(
                    revision,
                    publishedRevision,
                    synced,
                    matching,
                    withheld(),
                    MissingProxies.of(matching, revision, publishedRevision));
        } finally {
            lock.unlock();
        }
    }

    private List<Withheld> withheld() {
        return standings.values().stream()
                .flatMap(standing -> standing.withheld().stream())
                .distinct()
                .toList();
    }

    private boolean isAnswered(long revision) {
        return publishedRevision >= revision
                && proxies.values().stream()
                        .filter(ProxyRecord::isConnected)
                        .allMatch(ProxyRecord::hasAnswered);
    }

    /** Something of the revision will not be served, however long one waits. */
    private boolean isHopeless(long revision) {
        return proxies.values().stream().allMatch(ProxyRecord::isJudged)
                && standings.values().stream()
                        .flatMap(standing -> standing.withheld().stream())
                        .anyMatch(held -> held.reason().isFinal() && held.revision() >= revision);
    }

    Optional<Judge> judge() {
        return Optional.ofNullable(judge);
    }

    void mayHaveAnswered(String nodeId) {
        var who = judge;
        if (who != null && watched.contains(nodeId)) {
            who.answered(nodeId);
        }
    }

    void closed(ProxyRecord proxy, ProxySession session) {
        lock.lock();
        try {
            proxy.closed(session, clock.instant());
            if (!proxy.isConnected()) {
                gone.remove(session.node().id());
                gone.add(session.node().id());
            }
            metrics.closed();
            forgetOld();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Runs a change of a session's state under the lock, and wakes who waits for it. */
    void update(java.util.function.Consumer<Instant> change) {
        lock.lock();
        try {
            change.accept(clock.instant());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    StreamMetrics metrics() {
        return metrics;
    }

    /** Looks at none that stays: every stream that begins or ends asks for it. */
    private void forgetOld() {
        var horizon = clock.instant().minus(retention.time());
        for (var longestGone = gone.iterator(); longestGone.hasNext(); ) {
            var id = longestGone.next();
            var proxy = proxies.get(id);
            if (proxy != null
                    && gone.size() <= retention.count()
                    && !proxy.since().isBefore(horizon)) {
                return;
            }
            longestGone.remove();
            proxies.remove(id);
        }
    }

    private double connected() {
        lock.lock();
        try {
            return proxies.values().stream().filter(ProxyRecord::isConnected).count();
        } finally {
            lock.unlock();
        }
    }

    static void logRejection(
            NodeIdentity node, ResourceType type, StreamListener.Nack nack, String peer) {
        log.warn(
                "proxy refused a response node={} peer={} type={} version={} resources={} policies={}"
                        + " error={}",
                node.id(),
                peer,
                type.shortName(),
                nack.version(),
                nack.resources(),
                nack.policies(),
                Quoted.line(nack.error(), MAX_LOGGED_CHARS));
    }
}
