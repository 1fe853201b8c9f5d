// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.ads.XdsSources;
import dev.outrigger.dataplane.ads.XdsType;
import dev.outrigger.dataplane.config.ResourceReference;
import dev.outrigger.dataplane.state.ResourceParsers.Named;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resources that configuration names one by one, each from a source of its own choice: secrets
 * (SDS), configurations of filters (ECDS), layers of the runtime (RTDS). Who needs some says so
 * with {@link #use}, waits until each is settled, and takes the values as they come; a refused
 * update leaves the last one. Main loop only.
 *
 * @param <C> the configuration of one resource
 */
final class DiscoveredResources<C> {
    private static final Logger log = LoggerFactory.getLogger(DiscoveredResources.class);

    /** What ECDS counts when an update is refused, or the first does not come in time. */
    private static final String CONFIG_FAIL = "config_fail";

    private final MainLoop loop;
    private final XdsSources sources;
    private final StatsStore stats;
    private final Kind<C> kind;
    private final BiConsumer<ResourceReference, C> onChange;
    private final Runnable settled;
    private final Map<SourceKey, Source> bySource = new LinkedHashMap<>();
    private final Map<ResourceReference, Entry> entries = new LinkedHashMap<>();

    /**
     * What differs between the types.
     *
     * @param statPrefix of a resource, with the dot at the end
     * @param counters what is counted there besides
     * @param misnamed Envoy's words for a resource under another name, from both names
     * @param misnumbered how Envoy's words begin for other than one resource
     * @param check why one cannot be used where it is referred to, if so
     */
    record Kind<C>(
            XdsType type,
            Function<byte[], Named<C>> parser,
            Function<ResourceReference, String> statPrefix,
            List<String> counters,
            BinaryOperator<String> misnamed,
            String misnumbered,
            BiFunction<ResourceReference, C, Optional<String>> check) {
        /** One that can be used wherever it is referred to. */
        Kind(
                XdsType type,
                Function<byte[], Named<C>> parser,
                Function<ResourceReference, String> statPrefix,
                List<String> counters,
                BinaryOperator<String> misnamed,
                String misnumbered) {
            this(
                    type,
                    parser,
                    statPrefix,
                    counters,
                    misnamed,
                    misnumbered,
                    (_, _) -> Optional.empty());
        }
    }

    /**
     * @param onChange called with every value that differs from the last
     * @param settled called after every event
     */
    DiscoveredResources(
            MainLoop loop,
            XdsSources sources,
            StatsStore stats,
            Kind<C> kind,
            BiConsumer<ResourceReference, C> onChange,
            Runnable settled) {
        this.loop = loop;
        this.sources = sources;
        this.stats = stats;
        this.kind = kind;
        this.onChange = onChange;
        this.settled = settled;
    }

    /** Asks for what is needed now, and forgets what nobody needs any more. */
    void use(Collection<ResourceReference> references) {
        var wanted = new LinkedHashMap<SourceKey, Set<String>>();
        bySource.keySet().forEach(key -> wanted.put(key, new LinkedHashSet<>()));
        for (ResourceReference reference : references) {
            wanted.computeIfAbsent(keyOf(reference), _ -> new LinkedHashSet<>())
                    .add(reference.name());
        }
        var needed = new HashSet<>(references);
        entries.entrySet()
                .removeIf(entry -> {
                    if (needed.contains(entry.getKey())) {
                        return false;
                    }
                    entry.getValue().cancelTimeout();
                    stats.retire(kind.statPrefix.apply(entry.getKey()));
                    return true;
                });
        references.forEach(reference -> entries.computeIfAbsent(reference, this::begin));
        for (ResourceReference reference : references) {
            bySource.computeIfAbsent(keyOf(reference), key -> new Source(key, reference));
        }
        wanted.forEach((key, names) -> {
            Source source = bySource.get(key);
            if (source == null) {
                return;
            }
            if (names.isEmpty() && key instanceof SourceKey.Own) {
                source.subscription.close();
                bySource.remove(key);
            } else {
                source.subscription.request(names, false);
            }
        });
    }

    /** Whether nobody has to wait for it: it came, was refused, or did not come in time. */
    boolean isSettled(ResourceReference reference) {
        var entry = entries.get(reference);
        return entry != null && entry.settled;
    }

    /** The newest accepted one. */
    Optional<C> find(ResourceReference reference) {
        var entry = entries.get(reference);
        return entry == null ? Optional.empty() : Optional.ofNullable(entry.value);
    }

    /** Everything that came, for whoever takes all of it. */
    Map<ResourceReference, C> values() {
        var values = new LinkedHashMap<ResourceReference, C>();
        entries.forEach((reference, entry) -> {
            if (entry.value != null) {
                values.put(reference, entry.value);
            }
        });
        return values;
    }

    /** What came last of everything that is held. */
    Map<ResourceReference, AcceptedResource> resources() {
        var resources = new LinkedHashMap<ResourceReference, AcceptedResource>();
        entries.forEach((reference, entry) -> {
            if (entry.accepted != null) {
                resources.put(reference, entry.accepted);
            }
        });
        return resources;
    }

    /** Takes another value of the same resource: what it refers to is not what it was. */
    void renew(ResourceReference reference, C value) {
        Entry entry = entries.get(reference);
        if (entry != null && !value.equals(entry.value)) {
            entry.value = value;
            log.info("resource renewed type={} resource={}", kind.type.typeUrl(), reference.name());
            onChange.accept(reference, value);
        }
    }

    /** Whether anything is asked for. */
    boolean isUsed() {
        return !entries.isEmpty();
    }

    List<AcceptedResource> accepted() {
        return entries.values().stream()
                .flatMap(entry -> Optional.ofNullable(entry.accepted).stream())
                .distinct()
                .toList();
    }

    List<String> waitingNames() {
        return entries.entrySet().stream()
                .filter(entry -> !entry.getValue().settled)
                .map(entry -> entry.getKey().name())
                .distinct()
                .toList();
    }

    void close() {
        entries.values().forEach(Entry::cancelTimeout);
    }

    private static SourceKey keyOf(ResourceReference reference) {
        return SourceKey.of(reference);
    }

    private Entry begin(ResourceReference reference) {
        String prefix = kind.statPrefix.apply(reference);
        var entry = new Entry(SubscriptionStats.of(stats, prefix, reference.source()));
        kind.counters.forEach(counter -> stats.declareCounter(prefix + counter));
        entry.stats.onStart();
        Duration timeout = reference.source().initialFetchTimeout();
        if (!timeout.isZero()) {
            entry.fetchTimeout = loop.schedule(timeout, () -> onInitFetchTimeout(reference, entry));
        }
        return entry;
    }

    private void onInitFetchTimeout(ResourceReference reference, Entry entry) {
        if (entry.settled || entries.get(reference) != entry) {
            return;
        }
        entry.stats.onInitFetchTimeout();
        onFail(reference);
        log.warn(
                "initial fetch timed out type={} resource={}",
                kind.type.typeUrl(),
                reference.name());
        entry.settle();
        settled.run();
    }

    private void onFail(ResourceReference reference) {
        if (kind.counters.contains(CONFIG_FAIL)) {
            stats.shard(0).inc(stats.counter(kind.statPrefix.apply(reference) + CONFIG_FAIL));
        }
    }

    /** One subscription; on the aggregated stream of many names, elsewhere of one. */
    private final class Source implements NamedSubscription.Target<C> {
        private final SourceKey key;
        private final NamedSubscription<C> subscription;

        Source(SourceKey key, ResourceReference first) {
            this.key = key;
            this.subscription =
                    new NamedSubscription<>(
                            loop,
                            sources,
                            first.source(),
                            kind.type,
                            key instanceof SourceKey.Own ? kind.statPrefix.apply(first) : "",
                            kind.parser,
                            this,
                            settled);
        }

        @Override
        public void onResource(String name, C config, AcceptedResource accepted) {
            forEach(
                    name,
                    (reference, entry) -> {
                        entry.stats.onAccepted(accepted.version(), accepted.lastUpdatedMillis(), 0);
                        entry.settle();
                        // The runtime is loaded again whatever came.
                        if (kind.type == XdsType.RUNTIME || !config.equals(entry.value)) {
                            entry.value = config;
                            entry.accepted = accepted;
                            log.info(
                                    "resource updated type={} resource={} version={}",
                                    kind.type.typeUrl(),
                                    name,
                                    accepted.version());
                            onChange.accept(reference, config);
                        }
                    });
        }

        @Override
        public Optional<String> check(String name, C config) {
            return entries.keySet().stream()
                    .filter(each -> each.name().equals(name) && keyOf(each).equals(key))
                    .flatMap(each -> kind.check.apply(each, config).stream())
                    .findFirst();
        }

        @Override
        public void onMissing(String name, String versionInfo) {
            forEach(
                    name,
                    (_, entry) -> {
                        entry.stats.onAccepted(versionInfo, loop.currentTimeMillis(), 0);
                        entry.settle();
                    });
        }

        @Override
        public void onRefused(Set<String> names) {
            for (String name : names) {
                forEach(
                        name,
                        (reference, entry) -> {
                            entry.stats.onRejected();
                            onFail(reference);
                            entry.settle();
                        });
            }
        }

        @Override
        public void onAttempt(Set<String> names) {
            names.forEach(name -> forEach(name, (_, entry) -> entry.stats.onAttempt()));
        }

        @Override
        public void onStreamFailure(Set<String> names) {
            names.forEach(name -> forEach(name, (_, entry) -> entry.stats.onStreamFailure()));
        }

        @Override
        public String misnamed(String expected, String actual) {
            return kind.misnamed.apply(expected, actual);
        }

        @Override
        public String misnumbered(int count) {
            return kind.misnumbered + count;
        }

        private void forEach(String name, BiConsumer<ResourceReference, Entry> action) {
            Map.copyOf(entries)
                    .forEach((reference, entry) -> {
                        if (reference.name().equals(name) && keyOf(reference).equals(key)) {
                            action.accept(reference, entry);
                        }
                    });
        }
    }

    private final class Entry {
        private final SubscriptionStats stats;
        private boolean settled;
        private @Nullable C value;
        private @Nullable AcceptedResource accepted;
        private MainLoop.@Nullable Timer fetchTimeout;

        Entry(SubscriptionStats stats) {
            this.stats = stats;
        }

        void settle() {
            settled = true;
            cancelTimeout();
        }

        void cancelTimeout() {
            if (fetchTimeout != null) {
                fetchTimeout.cancel();
                fetchTimeout = null;
            }
        }
    }
}
