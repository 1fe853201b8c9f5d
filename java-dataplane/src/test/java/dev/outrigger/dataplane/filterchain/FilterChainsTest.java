// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filterchain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.config.CidrRange;
import dev.outrigger.dataplane.config.FilterChainMatchConfig;
import dev.outrigger.dataplane.config.FilterChainMatchConfig.SourceType;
import dev.outrigger.dataplane.listenerfilter.AcceptedSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class FilterChainsTest {
    private static final FilterChainMatchConfig ANY = FilterChainMatchConfig.ANY;

    private final AcceptedSocket socket = socket("10.0.0.1:5000", "10.0.0.2:443");

    @Test
    void takesTheOnlyChainThatTakesEverything() {
        assertThat(FilterChains.of(List.of(ANY), FilterChains.NONE).find(socket)).isZero();
    }

    @Test
    void fallsBackToTheDefaultChainWhereNoneTakesTheConnection() {
        assertThat(FilterChains.of(List.of(port(80)), 1).find(socket)).isEqualTo(1);
        assertThat(FilterChains.of(List.of(port(80)), FilterChains.NONE).find(socket))
                .isEqualTo(FilterChains.NONE);
        assertThat(FilterChains.of(List.of(), 0).find(socket)).isZero();
    }

    @Test
    void neverGoesBackToAnotherBranch() {
        var portWithName = with(443, List.of(), List.of("a.b"), "");

        // Port 443 has a branch, so that the chain without a port is not tried (FC2).
        assertThat(FilterChains.of(List.of(portWithName, ANY), 7).find(socket)).isEqualTo(7);
    }

    @Test
    void prefersTheLongestPrefix() {
        var chains =
                FilterChains.of(
                        List.of(
                                with(0, List.of(range("10.0.0.0", 8)), List.of(), ""),
                                with(0, List.of(range("10.0.0.2", 32)), List.of(), ""),
                                with(0, List.of(range("10.0.0.0", 31)), List.of(), "")),
                        FilterChains.NONE);

        assertThat(chains.find(socket)).isEqualTo(1);
        assertThat(chains.find(socket("1.1.1.1:1", "10.0.0.1:443"))).isEqualTo(2);
        assertThat(chains.find(socket("1.1.1.1:1", "10.9.0.1:443"))).isZero();
        assertThat(chains.find(socket("1.1.1.1:1", "11.0.0.1:443"))).isEqualTo(FilterChains.NONE);
    }

    @Test
    void prefersTheExactNameThenTheLongestWildcard() {
        var chains =
                FilterChains.of(
                        List.of(
                                with(0, List.of(), List.of("a.b.c"), ""),
                                with(0, List.of(), List.of("*.b.c"), ""),
                                with(0, List.of(), List.of("*.c"), ""),
                                ANY),
                        FilterChains.NONE);

        assertThat(chains.find(named("a.b.c"))).isZero();
        assertThat(chains.find(named("x.y.b.c"))).isEqualTo(1);
        assertThat(chains.find(named("b.c"))).isEqualTo(2);
        assertThat(chains.find(named("c"))).isEqualTo(3);
        assertThat(chains.find(socket)).isEqualTo(3);
    }

    @Test
    void goesByTransportAndThenByTheClientsOrderOfProtocols() {
        var chains =
                FilterChains.of(
                        List.of(
                                with(0, List.of(), List.of(), "raw_buffer"),
                                protocols("h2"),
                                protocols("http/1.1")),
                        FilterChains.NONE);

        assertThat(chains.find(socket)).isZero();
        AcceptedSocket tls = named("");
        tls.setApplicationProtocols(List.of("spdy", "http/1.1", "h2"));
        assertThat(chains.find(tls)).isEqualTo(2);
    }

    @Test
    void tellsThePeerFromWhomAHeaderNames() {
        var direct = source(SourceType.ANY, List.of(range("10.0.0.1", 32)), List.of(), List.of());
        var named = source(SourceType.ANY, List.of(), List.of(range("9.9.9.9", 32)), List.of(1));
        var chains = FilterChains.of(List.of(direct, named), FilterChains.NONE);

        socket.setRemoteAddress(address("9.9.9.9:1"));
        assertThat(chains.find(socket)).isZero();
        AcceptedSocket other = socket("10.0.0.7:2", "10.0.0.2:443");
        other.setRemoteAddress(address("9.9.9.9:1"));
        assertThat(chains.find(other)).isEqualTo(1);
        other.setRemoteAddress(address("9.9.9.9:2"));
        assertThat(chains.find(other)).isEqualTo(FilterChains.NONE);
    }

    @Test
    void knowsLocalConnectionsFromOthers() {
        var local = source(SourceType.SAME_IP_OR_LOOPBACK, List.of(), List.of(), List.of());
        var external = source(SourceType.EXTERNAL, List.of(), List.of(), List.of());
        var chains = FilterChains.of(List.of(local, external), FilterChains.NONE);

        assertThat(chains.find(socket)).isEqualTo(1);
        assertThat(chains.find(socket("10.0.0.2:1", "10.0.0.2:2"))).isZero();
        assertThat(chains.find(socket("127.0.0.1:1", "127.0.0.2:2"))).isZero();
    }

    private static FilterChainMatchConfig port(int port) {
        return with(port, List.of(), List.of(), "");
    }

    private static FilterChainMatchConfig with(
            int port, List<CidrRange> ranges, List<String> names, String transport) {
        return new FilterChainMatchConfig(
                port,
                ranges,
                names,
                transport,
                List.of(),
                List.of(),
                SourceType.ANY,
                List.of(),
                List.of());
    }

    private static FilterChainMatchConfig protocols(String... protocols) {
        return new FilterChainMatchConfig(
                0,
                List.of(),
                List.of(),
                "",
                List.of(protocols),
                List.of(),
                SourceType.ANY,
                List.of(),
                List.of());
    }

    private static FilterChainMatchConfig source(
            SourceType type, List<CidrRange> direct, List<CidrRange> ranges, List<Integer> ports) {
        return new FilterChainMatchConfig(
                0, List.of(), List.of(), "", List.of(), direct, type, ranges, ports);
    }

    private static CidrRange range(String prefix, int length) {
        return new CidrRange(InetAddress.ofLiteral(prefix), length);
    }

    private AcceptedSocket named(String name) {
        AcceptedSocket tls = socket("10.0.0.1:5000", "10.0.0.2:443");
        tls.setTransportProtocol("tls");
        tls.setRequestedServerName(name);
        return tls;
    }

    private static AcceptedSocket socket(String remote, String local) {
        return new AcceptedSocket(address(remote), address(local));
    }

    private static SocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        return new InetSocketAddress(
                InetAddress.ofLiteral(text.substring(0, colon)),
                Integer.parseInt(text.substring(colon + 1)));
    }
}
