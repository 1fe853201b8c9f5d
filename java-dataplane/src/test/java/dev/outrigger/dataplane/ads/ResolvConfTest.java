// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.config.ClusterConfig.DnsResolverOptions;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResolvConfTest {
    private static final InetSocketAddress OURS = new InetSocketAddress("127.0.0.9", 5353);

    private static ResolvConf conf(String... lines) {
        return ResolvConf.parse(List.of(lines));
    }

    private static DnsResolverOptions options(boolean asFallback, int tries) {
        return new DnsResolverOptions(
                List.of(OURS), asFallback, false, true, false, Duration.ofSeconds(1), tries, false);
    }

    private static List<String> asked(ResolvConf conf, DnsResolverOptions options) {
        return conf.servers(options).stream()
                .map(each -> each.getAddress().getHostAddress() + ':' + each.getPort())
                .toList();
    }

    @Test
    void asksTheSystemsServersInOrder() {
        var conf =
                conf("# comment", "nameserver 192.0.2.1", " nameserver\t192.0.2.2", "nameserver x");

        assertThat(asked(conf, DnsResolverOptions.DEFAULT))
                .containsExactly("192.0.2.1:53", "192.0.2.2:53");
    }

    @Test
    void asksThisMachineWhereNobodyIsNamed() {
        assertThat(asked(conf(), DnsResolverOptions.DEFAULT)).containsExactly("127.0.0.1:53");
    }

    @Test
    void asksThoseOfTheConfigurationInstead() {
        assertThat(asked(conf("nameserver 192.0.2.1"), options(false, 1)))
                .containsExactly("127.0.0.9:5353");
    }

    @Test
    void asksAFallbackOnlyWhereTheSystemHasNone() {
        assertThat(asked(conf("nameserver 192.0.2.1"), options(true, 1)))
                .containsExactly("192.0.2.1:53");
        assertThat(asked(conf(), options(true, 1))).containsExactly("127.0.0.9:5353");
        assertThat(asked(conf("nameserver 127.0.0.1"), options(true, 1)))
                .containsExactly("127.0.0.9:5353");
    }

    @Test
    void asksAgainOneAfterTheOther() {
        assertThat(asked(conf(), options(false, 2)))
                .containsExactly("127.0.0.9:5353", "127.0.0.9:5353");
    }

    @Test
    void triesShortNamesInTheSearchDomainsFirst() {
        var conf = conf("search a.test b.test");

        assertThat(conf.names("x", false)).containsExactly("x.a.test", "x.b.test", "x");
        assertThat(conf.names("x.y", false)).containsExactly("x.y", "x.y.a.test", "x.y.b.test");
        assertThat(conf.names("x.", false)).containsExactly("x.");
        assertThat(conf.names("x", true)).containsExactly("x");
    }

    @Test
    void countsDotsAsTheOptionsSay() {
        var conf = conf("search a.test", "options timeout:1 ndots:2");

        assertThat(conf.names("x.y", false)).containsExactly("x.y.a.test", "x.y");
        assertThat(conf.names("x.y.z", false)).containsExactly("x.y.z", "x.y.z.a.test");
    }
}
