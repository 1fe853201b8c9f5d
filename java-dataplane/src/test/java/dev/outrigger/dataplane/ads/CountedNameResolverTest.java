// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.ads.NameResolver.Answer;
import dev.outrigger.dataplane.ads.NameResolver.Query;
import dev.outrigger.dataplane.config.ClusterConfig.DnsLookupFamily;
import dev.outrigger.dataplane.config.ClusterConfig.DnsResolverOptions;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Look-ups as {@code dns.cares.*} counts them. */
class CountedNameResolverTest {
    private static final Answer NOTHING = new Answer.Found(List.of(), Optional.empty());
    private static final Answer HERE =
            new Answer.Found(List.of(InetAddress.getLoopbackAddress()), Optional.empty());

    private final StatsStore stats = new StatsStore(1);
    private final List<DnsLookupFamily> asked = new ArrayList<>();
    private final List<Answer> answers = new ArrayList<>();

    private void resolve(DnsLookupFamily family, Answer... scripted) {
        var resolver =
                new CountedNameResolver(
                        (query, answer) -> {
                            asked.add(query.family());
                            answer.accept(scripted[asked.size() - 1]);
                        },
                        stats);
        resolver.resolve(
                new Query("a.test", family, DnsResolverOptions.DEFAULT, false), answers::add);
    }

    private long counter(String name) {
        return stats.value(stats.counter("dns.cares." + name));
    }

    @Test
    void asksTheOtherFamilyWhereThePreferredHasNothing() {
        resolve(DnsLookupFamily.V4_PREFERRED, NOTHING, HERE);

        assertThat(asked).containsExactly(DnsLookupFamily.V4_ONLY, DnsLookupFamily.V6_ONLY);
        assertThat(answers).containsExactly(HERE);
        assertThat(counter("resolve_total")).isEqualTo(2);
        assertThat(counter("not_found")).isEqualTo(1);
    }

    @Test
    void asksNoOtherFamilyWhereThePreferredHasAnAddress() {
        resolve(DnsLookupFamily.AUTO, HERE);

        assertThat(asked).containsExactly(DnsLookupFamily.V6_ONLY);
        assertThat(counter("resolve_total")).isEqualTo(1);
        assertThat(counter("not_found")).isZero();
    }

    @Test
    void countsFailuresAndTimeouts() {
        resolve(
                DnsLookupFamily.AUTO,
                new Answer.Failed("DNS server refused query"),
                new Answer.Failed("Timeout while contacting DNS servers"));

        assertThat(counter("resolve_total")).isEqualTo(2);
        assertThat(counter("get_addr_failure")).isEqualTo(2);
        assertThat(counter("timeouts")).isEqualTo(1);
    }
}
