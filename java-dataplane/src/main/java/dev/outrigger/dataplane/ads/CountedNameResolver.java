// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import dev.outrigger.dataplane.config.ClusterConfig.DnsLookupFamily;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import dev.outrigger.dataplane.telemetry.StatsStore.Gauge;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A resolver whose look-ups count as {@code dns.cares.*}, which Envoy shows once the first cluster
 * asks for one. Main loop only.
 */
public final class CountedNameResolver implements NameResolver {
    private final NameResolver resolver;
    private final StatsStore store;
    private @Nullable Stats stats;

    public CountedNameResolver(NameResolver resolver, StatsStore store) {
        this.resolver = resolver;
        this.store = store;
    }

    @Override
    public void resolve(Query query, Consumer<Answer> answer) {
        if (query.options().systemResolver()) {
            resolver.resolve(query, answer);
            return;
        }
        // Each family that is asked counts, as in Envoy.
        switch (query.family()) {
            case V4_ONLY, V6_ONLY, ALL -> one(query, answer);
            case AUTO -> either(query, DnsLookupFamily.V6_ONLY, DnsLookupFamily.V4_ONLY, answer);
            case V4_PREFERRED ->
                    either(query, DnsLookupFamily.V4_ONLY, DnsLookupFamily.V6_ONLY, answer);
        }
    }

    private void either(
            Query query,
            DnsLookupFamily preferred,
            DnsLookupFamily other,
            Consumer<Answer> answer) {
        one(
                query.of(preferred),
                first -> {
                    if (first instanceof Answer.Found(var addresses, _, _)
                            && !addresses.isEmpty()) {
                        answer.accept(first);
                    } else {
                        one(query.of(other), answer);
                    }
                });
    }

    private void one(Query query, Consumer<Answer> answer) {
        Stats counted = stats;
        if (counted == null) {
            counted = new Stats(store);
            stats = counted;
        }
        Stats known = counted;
        known.begin();
        resolver.resolve(
                query,
                found -> {
                    known.end(found);
                    answer.accept(found);
                });
    }

    private static final class Stats {
        private final StatsShard shard;
        private final Counter resolveTotal;
        private final Counter notFound;
        private final Counter getAddrFailure;
        private final Counter timeouts;
        private final Gauge pendingResolutions;

        Stats(StatsStore store) {
            shard = store.shard(0);
            resolveTotal = store.counter("dns.cares.resolve_total");
            notFound = store.counter("dns.cares.not_found");
            getAddrFailure = store.counter("dns.cares.get_addr_failure");
            timeouts = store.counter("dns.cares.timeouts");
            pendingResolutions = store.gauge("dns.cares.pending_resolutions");
            // A channel of c-ares can break; what stands here for it cannot.
            store.declareCounter("dns.cares.reinits");
        }

        void begin() {
            shard.inc(resolveTotal);
            shard.inc(pendingResolutions);
        }

        void end(Answer answer) {
            shard.dec(pendingResolutions);
            switch (answer) {
                case Answer.Found(var addresses, _, _) -> {
                    if (addresses.isEmpty()) {
                        shard.inc(notFound);
                    }
                }
                case Answer.Failed(String reason) -> {
                    String words = reason.toLowerCase(Locale.ROOT);
                    if (words.contains("timed out") || words.contains("timeout")) {
                        shard.inc(timeouts);
                    }
                    shard.inc(getAddrFailure);
                }
            }
        }
    }
}
