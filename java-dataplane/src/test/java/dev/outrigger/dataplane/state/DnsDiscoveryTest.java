// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.ads.NameResolver;
import dev.outrigger.dataplane.config.ActiveCluster;
import dev.outrigger.dataplane.config.ClusterConfig.Discovery;
import dev.outrigger.dataplane.config.EndpointAssignment;
import dev.outrigger.dataplane.parse.ParsedClusters;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** When names are asked for again, and what becomes of the hosts meanwhile (CL2, CL3). */
class DnsDiscoveryTest {
    private final FakeMainLoop loop = new FakeMainLoop();
    private final List<String> asked = new ArrayList<>();
    private final List<Consumer<NameResolver.Answer>> answers = new ArrayList<>();
    private final List<String> heard = new ArrayList<>();

    private DnsDiscovery discovery(String type, String options, String... names) {
        var endpoints = new ArrayList<String>();
        for (String name : names) {
            endpoints.add(
                    "{endpoint: {address: {socket_address: {address: "
                            + name
                            + ", port_value: 80}}}}");
        }
        ActiveCluster parsed =
                ParsedClusters.active(
                        "{name: c, type: "
                                + type
                                + ", "
                                + options
                                + "load_assignment: {cluster_name: c, endpoints: [{lb_endpoints: ["
                                + String.join(", ", endpoints)
                                + "]}]}}");
        var discovery =
                new DnsDiscovery(
                        loop,
                        (query, callback) -> {
                            asked.add(query.host());
                            answers.add(callback);
                        },
                        new SplittableRandom(5),
                        (Discovery.Dns) parsed.config().discovery(),
                        parsed.config().loadAssignment(),
                        new Heard());
        discovery.start();
        return discovery;
    }

    private final class Heard implements DnsDiscovery.Listener {
        @Override
        public void onAttempt() {
            // Seen at the resolver.
        }

        @Override
        public void onNothingToAsk() {
            heard.add("nothing to ask");
        }

        @Override
        public void onUpdate(EndpointAssignment assignment) {
            var hosts = new ArrayList<String>();
            assignment
                    .localities()
                    .forEach(locality ->
                            locality.endpoints()
                                    .forEach(host ->
                                            hosts.add(
                                                    host.address().getAddress().getHostAddress())));
            heard.add(String.join(" ", hosts));
        }

        @Override
        public void onUnchanged() {
            heard.add("unchanged");
        }

        @Override
        public void onFailure(String host, String reason) {
            heard.add(host + ": " + reason);
        }
    }

    /** Answers the question asked last. */
    private void answer(Optional<Duration> ttl, String... addresses) {
        var found = new ArrayList<InetAddress>();
        for (String address : addresses) {
            try {
                found.add(InetAddress.getByName(address));
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException(e);
            }
        }
        answers.removeLast().accept(new NameResolver.Answer.Found(found, ttl));
    }

    private void answer(String... addresses) {
        answer(Optional.empty(), addresses);
    }

    private void fail() {
        answers.removeLast().accept(new NameResolver.Answer.Failed("refused"));
    }

    @Test
    void makesEveryAddressOfAStrictNameAHost() {
        discovery("STRICT_DNS", "", "a.test");

        answer("10.0.0.1", "10.0.0.2", "10.0.0.1");

        assertThat(heard).containsExactly("10.0.0.1 10.0.0.2");
    }

    @Test
    void hasAnAddressOfTwoNamesTwice() {
        discovery("STRICT_DNS", "", "a.test", "b.test");

        answer("10.0.0.1");
        answer("10.0.0.1");

        assertThat(heard).containsExactly("10.0.0.1", "10.0.0.1 10.0.0.1");
    }

    @Test
    void doesNotMindTheOrderOfAStrictNamesAddresses() {
        discovery("STRICT_DNS", "dns_refresh_rate: 2s, ", "a.test");
        answer("10.0.0.1", "10.0.0.2");

        loop.advance(Duration.ofSeconds(2));
        answer("10.0.0.2", "10.0.0.1");

        assertThat(heard).containsExactly("10.0.0.1 10.0.0.2", "unchanged");
    }

    @Test
    void keepsTheHostsWhenALookUpFails() {
        discovery("STRICT_DNS", "dns_refresh_rate: 2s, ", "a.test");
        answer("10.0.0.1");

        loop.advance(Duration.ofSeconds(2));
        fail();
        loop.advance(Duration.ofSeconds(2));
        answer("10.0.0.1");

        assertThat(heard).containsExactly("10.0.0.1", "a.test: refused", "unchanged");
    }

    @Test
    void losesTheHostsOfAStrictNameWithoutAddresses() {
        discovery("STRICT_DNS", "dns_refresh_rate: 2s, ", "a.test");
        answer("10.0.0.1");

        loop.advance(Duration.ofSeconds(2));
        answer();

        assertThat(heard).containsExactly("10.0.0.1", "");
    }

    @Test
    void takesTheFirstAddressOfALogicalName() {
        discovery("LOGICAL_DNS", "dns_refresh_rate: 2s, dns_lookup_family: V4_ONLY, ", "a.test");
        answer("10.0.0.1", "10.0.0.2");

        loop.advance(Duration.ofSeconds(2));
        answer("10.0.0.2", "10.0.0.1");

        assertThat(heard).containsExactly("10.0.0.1", "10.0.0.2");
    }

    @Test
    void keepsTheHostOfALogicalNameWithoutAddresses() {
        discovery("LOGICAL_DNS", "dns_refresh_rate: 2s, dns_lookup_family: V4_ONLY, ", "a.test");
        answer("10.0.0.1");

        loop.advance(Duration.ofSeconds(2));
        answer();

        assertThat(heard).containsExactly("10.0.0.1", "a.test: no address");
    }

    @Test
    void asksAgainAfterTheRefreshRate() {
        discovery("STRICT_DNS", "dns_refresh_rate: 7s, ", "a.test");
        answer("10.0.0.1");

        loop.advance(Duration.ofMillis(6999));
        assertThat(asked).hasSize(1);
        loop.advance(Duration.ofMillis(1));

        assertThat(asked).hasSize(2);
    }

    @Test
    void asksAgainWhenTheAnswerIsTooOldWhereTheTimeToLiveCounts() {
        discovery("STRICT_DNS", "dns_refresh_rate: 60s, respect_dns_ttl: true, ", "a.test");
        answer(Optional.of(Duration.ofSeconds(3)), "10.0.0.1");

        loop.advance(Duration.ofSeconds(3));
        assertThat(asked).hasSize(2);
        answer(Optional.of(Duration.ZERO), "10.0.0.1");
        loop.advance(Duration.ofSeconds(59));
        assertThat(asked).hasSize(2);
        loop.advance(Duration.ofSeconds(1));

        assertThat(asked).hasSize(3);
    }

    @Test
    void waitsLongerAfterEachFailureUpToTheLimit() {
        discovery(
                "STRICT_DNS",
                "dns_refresh_rate: 600s, dns_failure_refresh_rate: {base_interval: 1s,"
                        + " max_interval: 4s}, ",
                "a.test");
        fail();

        // Full jitter: within the first second, then two, then four.
        for (int seconds : new int[] {1, 2, 4, 4}) {
            int before = asked.size();
            loop.advance(Duration.ofSeconds(seconds));
            assertThat(asked.size()).as("within %d s", seconds).isEqualTo(before + 1);
            fail();
        }
    }

    @Test
    void beginsWithTheShortestPauseAgainAfterAnAnswer() {
        discovery(
                "STRICT_DNS",
                "dns_refresh_rate: 1s, dns_failure_refresh_rate: {base_interval: 1s,"
                        + " max_interval: 64s}, ",
                "a.test");
        for (int i = 0; i < 6; i++) {
            fail();
            loop.advance(Duration.ofSeconds(64));
        }
        answer("10.0.0.1");
        loop.advance(Duration.ofSeconds(1));
        int before = asked.size();
        fail();

        loop.advance(Duration.ofSeconds(1));

        assertThat(asked).hasSize(before + 1);
    }

    @Test
    void asksNothingOnceItIsClosed() {
        var discovery = discovery("STRICT_DNS", "dns_refresh_rate: 2s, ", "a.test");
        answer("10.0.0.1");

        discovery.close();
        loop.advance(Duration.ofSeconds(10));

        assertThat(asked).hasSize(1);
    }

    @Test
    void ignoresAnAnswerThatComesTooLate() {
        var discovery = discovery("STRICT_DNS", "", "a.test");

        discovery.close();
        answer("10.0.0.1");

        assertThat(heard).isEmpty();
    }

    @Test
    void hasNothingToAskWithoutEndpoints() {
        discovery("STRICT_DNS", "");

        assertThat(heard).containsExactly("nothing to ask");
    }
}
