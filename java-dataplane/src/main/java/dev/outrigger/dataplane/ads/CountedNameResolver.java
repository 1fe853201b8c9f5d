// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import dev.outrigger.dataplane.telemetry.StatsStore.Gauge;
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
                    if (reason.contains("timed out") || reason.contains("timeout")) {
                        shard.inc(timeouts);
                    }
                    shard.inc(getAddrFailure);
                }
            }
        }
    }
}
