// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.dnscache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.config.ClusterConfig.DnsLookupFamily;
import dev.outrigger.dataplane.config.ClusterConfig.DnsResolverOptions;
import dev.outrigger.dataplane.config.DnsCacheConfig;
import dev.outrigger.dataplane.runtime.RuntimeLayers;
import dev.outrigger.dataplane.state.FakeMainLoop;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

@NullMarked
class DnsCacheTest {
    private static final Duration MOMENT = Duration.ofMillis(1);

    private final FakeMainLoop loop = new FakeMainLoop();
    private final StatsStore stats = new StatsStore(2);
    private final List<String> asked = new ArrayList<>();
    private final Deque<DnsCaches.Outcome> open = new ArrayDeque<>();
    private final List<String> told = new ArrayList<>();
    private final DnsCaches caches =
            new DnsCaches(
                    new DnsCaches.Environment(
                            loop::execute,
                            new DnsCaches.Clock() {
                                @Override
                                public long nanoTime() {
                                    return loop.nanoTime();
                                }

                                @Override
                                public Runnable schedule(Duration delay, Runnable task) {
                                    return loop.schedule(delay, task)::cancel;
                                }
                            },
                            this::ask,
                            stats,
                            RuntimeLayers.none(),
                            new SplittableRandom(5),
                            _ -> Runnable::run));

    private void ask(String name, DnsCacheConfig how, DnsCaches.Outcome outcome) {
        asked.add(name);
        open.add(outcome);
    }

    private static DnsCacheConfig config(String name, boolean isRefreshedOnFailure) {
        return new DnsCacheConfig(
                name,
                DnsLookupFamily.V4_ONLY,
                DnsResolverOptions.DEFAULT,
                Duration.ofMinutes(1),
                Duration.ofSeconds(5),
                Optional.empty(),
                isRefreshedOnFailure,
                Duration.ofMinutes(5),
                2,
                Duration.ofSeconds(5),
                1,
                List.of());
    }

    private DnsCache cache() {
        DnsCache cache = caches.get(config("c", true));
        cache.addListener(
                new DnsCache.Listener() {
                    @Override
                    public void onHostAddedOrUpdated(DnsHost host) {
                        told.add("+" + host.key() + host.addresses());
                    }

                    @Override
                    public void onHostRemoved(DnsHost host) {
                        told.add("-" + host.key());
                    }
                });
        return cache;
    }

    private static Consumer<DnsCaches.Outcome> found(Duration ttl, String... addresses) {
        var all = new ArrayList<InetAddress>();
        for (String each : addresses) {
            try {
                all.add(InetAddress.getByName(each));
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException(each, e);
            }
        }
        return outcome -> outcome.found(all, ttl);
    }

    private void answer(Consumer<DnsCaches.Outcome> answer) {
        answer.accept(open.remove());
        loop.advance(Duration.ZERO);
    }

    private List<DnsHost> load(DnsCache cache, String key) {
        var loaded = new ArrayList<DnsHost>();
        var _ = cache.load(key, 80, 0, loaded::add);
        loop.advance(Duration.ZERO);
        return loaded;
    }

    private long counter(String name) {
        return stats.value(stats.counter("dns_cache.c." + name));
    }

    @Test
    void tellsAllWhoWaitOnceTheNameIsKnown() {
        DnsCache cache = cache();
        var first = load(cache, "a.test:8080");
        var second = load(cache, "a.test:8080");
        assertThat(asked).containsExactly("a.test");
        assertThat(cache.find("a.test:8080")).isNull();

        answer(found(Duration.ofMinutes(1), "10.0.0.1", "10.0.0.2"));

        assertThat(first).hasSize(1).isEqualTo(second);
        assertThat(first.getFirst().addresses())
                .containsExactly(
                        new InetSocketAddress("10.0.0.1", 8080),
                        new InetSocketAddress("10.0.0.2", 8080));
        assertThat(cache.find("a.test:8080")).isSameAs(first.getFirst());
        assertThat(told).containsExactly("+a.test:8080" + first.getFirst().addresses());
        assertThat(stats.value(stats.gauge("dns_cache.c.num_hosts"))).isEqualTo(1);
    }

    @Test
    void doesNotTellWhoWentAway() {
        DnsCache cache = cache();
        var loaded = new ArrayList<DnsHost>();
        var load = cache.load("a.test:80", 80, 0, loaded::add);
        loop.advance(Duration.ZERO);
        load.cancel();

        answer(found(Duration.ofMinutes(1), "10.0.0.1"));

        assertThat(loaded).isEmpty();
        assertThat(cache.find("a.test:80")).isNotNull();
    }

    @Test
    void asksAgainWhenTheAnswerRunsOutButNotTooOften() {
        DnsCache cache = cache();
        load(cache, "a.test:80");
        answer(found(Duration.ofSeconds(1), "10.0.0.1"));

        loop.advance(Duration.ofSeconds(5).minus(MOMENT));
        assertThat(asked).hasSize(1);
        loop.advance(MOMENT);
        assertThat(asked).hasSize(2);
        answer(found(Duration.ofSeconds(30), "10.0.0.1"));
        loop.advance(Duration.ofSeconds(30));
        assertThat(asked).hasSize(3);
        assertThat(counter("host_address_changed")).isEqualTo(1);
    }

    @Test
    void anAddressThatMovesIsToldAndOneThatIsLostStays() {
        DnsCache cache = cache();
        var host = load(cache, "a.test:80");
        answer(found(Duration.ofSeconds(5), "10.0.0.1"));
        loop.advance(Duration.ofSeconds(5));
        answer(found(Duration.ofSeconds(5), "10.0.0.2"));
        loop.advance(Duration.ofSeconds(5));
        answer(outcome -> outcome.none("no such name"));
        loop.advance(Duration.ofMinutes(1));
        answer(outcome -> outcome.failed("refused"));

        assertThat(host.getFirst().addresses())
                .containsExactly(new InetSocketAddress("10.0.0.2", 80));
        assertThat(told).hasSize(2);
        assertThat(counter("dns_query_success")).isEqualTo(3);
        assertThat(counter("dns_query_failure")).isEqualTo(1);
    }

    @Test
    void aNameNobodyUsesIsForgotten() {
        DnsCache cache = cache();
        var host = load(cache, "a.test:80");
        answer(found(Duration.ofMinutes(4), "10.0.0.1"));
        loop.advance(Duration.ofMinutes(4));
        answer(found(Duration.ofMinutes(4), "10.0.0.1"));
        host.getFirst().touch(loop.nanoTime());
        loop.advance(Duration.ofMinutes(4));
        answer(found(Duration.ofMinutes(4), "10.0.0.1"));
        assertThat(told).hasSize(1);

        loop.advance(Duration.ofMinutes(4));

        assertThat(told).last().isEqualTo("-a.test:80");
        assertThat(cache.find("a.test:80")).isNull();
        assertThat(counter("host_removed")).isEqualTo(1);
        assertThat(stats.value(stats.gauge("dns_cache.c.num_hosts"))).isZero();
    }

    @Test
    void aNameThatTakesTooLongHasFailed() {
        var host = load(cache(), "slow.test:80");
        loop.advance(Duration.ofSeconds(5));
        loop.advance(Duration.ZERO);

        assertThat(host).hasSize(1);
        assertThat(host.getFirst().addresses()).isEmpty();
        assertThat(host.getFirst().details()).isEqualTo("dns_resolution_failure{resolve_timeout}");
        assertThat(counter("dns_query_timeout")).isEqualTo(1);

        answer(found(Duration.ofMinutes(1), "10.0.0.1"));
        assertThat(host.getFirst().addresses()).as("an answer that comes too late").isEmpty();
    }

    @Test
    void aFailureIsRememberedUntilItIsLookedUpAgain() {
        DnsCache cache = cache();
        load(cache, "a.test:80");
        answer(outcome -> outcome.failed("DNS server refused query"));

        DnsHost known = Objects.requireNonNull(cache.find("a.test:80"));
        assertThat(known.details())
                .isEqualTo("dns_resolution_failure{cares_failure:DNS_server_refused_query}");
        loop.advance(Duration.ofMinutes(1));
        answer(found(Duration.ofMinutes(1), "10.0.0.1"));
        assertThat(known.addresses()).hasSize(1);
    }

    @Test
    void aFailureThatIsNotRefreshedIsLookedUpByTheNextWhoAsks() {
        DnsCache cache = caches.get(config("c", false));
        load(cache, "a.test:80");
        answer(outcome -> outcome.failed("refused"));
        loop.advance(Duration.ofMinutes(2));
        assertThat(asked).hasSize(1);
        assertThat(cache.find("a.test:80")).isNull();

        var host = load(cache, "a.test:80");
        assertThat(asked).hasSize(2);
        answer(found(Duration.ofMinutes(1), "10.0.0.1"));

        assertThat(host.getFirst().addresses()).hasSize(1);
        assertThat(counter("host_added")).isEqualTo(2);
    }

    @Test
    void noMoreNamesThanItMayHave() {
        DnsCache cache = cache();
        load(cache, "a.test:80");
        assertThat(cache.isOverflowing(stats.shard(1))).isFalse();
        load(cache, "b.test:80");

        assertThat(cache.isOverflowing(stats.shard(1))).isTrue();
        assertThat(counter("host_overflow")).isEqualTo(1);
    }

    @Test
    void noMoreMayWaitThanTheLimit() {
        PendingRequests pending = cache().pendingRequests();

        assertThat(pending.tryBegin(stats.shard(1))).isTrue();
        assertThat(stats.value(stats.gauge("dns_cache.c.circuit_breakers.rq_pending_open")))
                .isEqualTo(1);
        assertThat(pending.tryBegin(stats.shard(1))).isFalse();
        pending.end(stats.shard(1));

        assertThat(pending.tryBegin(stats.shard(1))).isTrue();
        assertThat(counter("dns_rq_pending_overflow")).isEqualTo(1);
    }

    @Test
    void aCacheNobodyNamesEnds() {
        DnsCache cache = cache();
        load(cache, "a.test:80");
        answer(found(Duration.ofSeconds(5), "10.0.0.1"));

        caches.keepOnly(Set.of(config("other", true)));
        loop.advance(Duration.ofMinutes(1));

        assertThat(asked).hasSize(1);
        assertThat(caches.get(config("c", true))).isNotSameAs(cache);
    }

    @Test
    void hostsAreTakenApartAsEnvoyDoes() {
        assertThat(DnsHost.key("a.test", 443)).isEqualTo("a.test:443");
        assertThat(DnsHost.key("a.test:8080", 443)).isEqualTo("a.test:8080");
        assertThat(DnsHost.key("[::1]", 80)).isEqualTo("[::1]:80");
        assertThat(DnsHost.key("[::1]:8080", 80)).isEqualTo("[::1]:8080");
        assertThat(DnsHost.key("a.test:", 80)).isEqualTo("a.test::80");
        assertThat(host("[::1]:8080").name()).isEqualTo("::1");
        assertThat(host("[::1]:8080").port()).isEqualTo(8080);
        assertThat(host("a.test:65536").name()).isEqualTo("a.test:65536");
        assertThat(host("a.test:65536").port()).isEqualTo(80);
    }

    private static DnsHost host(String key) {
        return new DnsHost(key, 80, 0);
    }
}
