// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.ads.Resource;
import dev.outrigger.dataplane.ads.ResourceSink;
import dev.outrigger.dataplane.ads.XdsSources;
import dev.outrigger.dataplane.ads.XdsType;
import dev.outrigger.dataplane.config.ConfigSourceConfig;
import dev.outrigger.dataplane.parse.Parsed;
import dev.outrigger.dataplane.state.ResourceParsers.Named;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * CDS or LDS: the rules of partial acceptance (8.2). A resource that breaks its own constraints or
 * cannot be decoded refuses the whole response; any other bad one only itself: the good ones apply,
 * removals are done, and the response is refused with a line about each bad one. Main loop only.
 *
 * @param <C> the configuration of one resource
 */
final class WildcardSubscription<C> implements ResourceSink {
    private static final Logger log = LoggerFactory.getLogger(WildcardSubscription.class);

    private final MainLoop loop;
    private final XdsSources sources;
    private final Kind kind;
    private final Function<byte[], Named<C>> parser;
    private final Target<C> target;
    private final StatsStore store;
    private final String statPrefix;
    private final Runnable settled;
    private String version = "";
    private boolean initialized;
    private MainLoop.@Nullable Timer fetchTimeout;

    /** Registered when asked for, so that a proxy without CDS shows no stats of it. */
    private @Nullable SubscriptionStats stats;

    /**
     * @param settled called after every event, when all of it has been applied
     */
    WildcardSubscription(
            MainLoop loop,
            XdsSources sources,
            Kind kind,
            Function<byte[], Named<C>> parser,
            Target<C> target,
            StatsStore stats,
            String statPrefix,
            Runnable settled) {
        this.loop = loop;
        this.sources = sources;
        this.kind = kind;
        this.parser = parser;
        this.target = target;
        this.store = stats;
        this.statPrefix = statPrefix;
        this.settled = settled;
    }

    void start(ConfigSourceConfig source) {
        var started = SubscriptionStats.of(store, statPrefix, source);
        started.onStart();
        stats = started;
        Duration timeout = source.initialFetchTimeout();
        if (!timeout.isZero()) {
            fetchTimeout = loop.schedule(timeout, this::onInitFetchTimeout);
        }
        var _ = sources.open(source, kind.type, statPrefix, this);
    }

    /** Of the last accepted response. */
    String version() {
        return version;
    }

    /** Whether start-up need not wait for it any more. */
    boolean isInitialized() {
        return initialized;
    }

    @Override
    public Optional<String> onState(List<Resource> resources, String versionInfo) {
        return update(resources, Optional.empty(), versionInfo);
    }

    @Override
    public Optional<String> onDelta(
            List<Resource> changed, List<String> removed, String systemVersionInfo) {
        return update(changed, Optional.of(removed), systemVersionInfo);
    }

    @Override
    public void onStreamFailure() {
        stats().onStreamFailure();
    }

    @Override
    public void onAttempt() {
        stats().onAttempt();
    }

    @Override
    public void onUnreadable() {
        stats().onRejected();
        initialize();
    }

    private Optional<String> update(
            List<Resource> resources, Optional<List<String>> removed, String versionInfo) {
        long begun = loop.nanoTime();
        kind.inner().forEach(sources::pause);
        Optional<String> refusal;
        try {
            refusal = apply(resources, removed, versionInfo);
        } finally {
            kind.inner().forEach(sources::resume);
        }
        if (refusal.isEmpty()) {
            long tookMillis = (loop.nanoTime() - begun) / 1_000_000;
            stats().onAccepted(versionInfo, loop.currentTimeMillis(), tookMillis);
            version = versionInfo;
        } else {
            stats().onRejected();
            log.warn(
                    "xDS update rejected type={} version={} detail={}",
                    kind.type.typeUrl(),
                    versionInfo,
                    refusal.get());
        }
        initialize();
        return refusal;
    }

    private Optional<String> apply(
            List<Resource> resources, Optional<List<String>> removed, String versionInfo) {
        var decoded = new ArrayList<Decoded<C>>(resources.size());
        for (Resource resource : resources) {
            Named<C> named = parser.apply(resource.value());
            if (named.parsed() instanceof Parsed.Rejected<C> rejected
                    && rejected.refusesWholeResponse()) {
                return Optional.of(rejected.message());
            }
            decoded.add(new Decoded<>(resource, named));
        }
        Collection<String> toRemove = removed.isPresent() ? removed.get() : absent(decoded);
        var problems = new ArrayList<String>();
        if (kind.removesFirst) {
            toRemove.forEach(target::remove);
        }
        var seen = new HashSet<String>();
        for (Decoded<C> each : decoded) {
            add(each, versionInfo, seen).ifPresent(problem -> problems.add(problem));
        }
        if (!kind.removesFirst) {
            toRemove.forEach(target::remove);
        }
        target.afterUpdate();
        if (problems.isEmpty()) {
            return Optional.empty();
        }
        // Envoy joins clusters with commas and ends each listener's line.
        String details =
                switch (kind) {
                    case CDS -> String.join(", ", problems);
                    case LDS -> String.join("\n", problems) + "\n";
                };
        return Optional.of("Error adding/updating " + kind.noun + "(s) " + details);
    }

    private Optional<String> add(Decoded<C> decoded, String versionInfo, Set<String> seen) {
        String name = decoded.named.name();
        Resource resource = decoded.resource;
        long now = loop.currentTimeMillis();
        String resourceVersion = resource.version().isEmpty() ? versionInfo : resource.version();
        Optional<String> problem;
        if (!seen.add(name)) {
            problem = Optional.of("duplicate " + kind.noun + " " + name + " found");
        } else {
            problem =
                    switch (decoded.named.parsed()) {
                        case Parsed.Rejected<C> rejected -> Optional.of(rejected.message());
                        case Parsed.Accepted<C>(var config) ->
                                target.addOrUpdate(
                                        config,
                                        new AcceptedResource(name, resourceVersion, resource, now));
                    };
        }
        problem.ifPresent(details ->
                target.onRefused(
                        new RefusedResource(name, resourceVersion, resource, details, now)));
        return problem.map(details -> name + ": " + details);
    }

    private Collection<String> absent(List<Decoded<C>> decoded) {
        Set<String> gone = target.dynamicNames();
        decoded.forEach(each -> gone.remove(each.named.name()));
        return gone;
    }

    private SubscriptionStats stats() {
        return Objects.requireNonNull(stats, "stats (expected: started)");
    }

    private void onInitFetchTimeout() {
        fetchTimeout = null;
        if (!initialized) {
            stats().onInitFetchTimeout();
            log.warn("initial fetch timed out type={}", kind.type.typeUrl());
            initialize();
        }
    }

    /** A refused first answer counts too: start-up goes on with what there is. */
    private void initialize() {
        initialized = true;
        if (fetchTimeout != null) {
            fetchTimeout.cancel();
            fetchTimeout = null;
        }
        settled.run();
    }

    private record Decoded<C>(Resource resource, Named<C> named) {}

    /** What differs between the two. */
    enum Kind {
        CDS(XdsType.CLUSTER, "cluster", false),
        LDS(XdsType.LISTENER, "listener", true);

        private final XdsType type;
        private final String noun;
        private final boolean removesFirst;

        Kind(XdsType type, String noun, boolean removesFirst) {
            this.type = type;
            this.noun = noun;
            this.removesFirst = removesFirst;
        }

        /** What is asked for because of it, and waits until a response is applied (XD4). */
        private List<XdsType> inner() {
            return switch (this) {
                case CDS -> List.of(XdsType.ENDPOINT, XdsType.SECRET);
                case LDS -> List.of(XdsType.ROUTE, XdsType.SECRET);
            };
        }
    }

    /** Who holds the resources. */
    interface Target<C> {
        /** A copy of the names that came over xDS. */
        Set<String> dynamicNames();

        /** Returns why it cannot be used, in Envoy's words; empty when it was taken. */
        Optional<String> addOrUpdate(C config, AcceptedResource resource);

        /** Unknown names are ignored. */
        void remove(String name);

        void onRefused(RefusedResource refused);

        /** Everything of one response was applied. */
        void afterUpdate();
    }
}
