// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import static dev.outrigger.dataplane.parse.Outcomes.XDS;
import static dev.outrigger.dataplane.parse.Outcomes.only;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.config.PipeAddress;
import dev.outrigger.dataplane.config.XdsClusterConfig.Http2Keepalive;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.GrpcService.GoogleGrpc;
import io.envoyproxy.envoy.config.core.v3.GrpcService.GoogleGrpc.ChannelArgs;
import io.envoyproxy.envoy.config.core.v3.GrpcService.GoogleGrpc.ChannelCredentials;
import io.envoyproxy.envoy.config.core.v3.GrpcService.GoogleGrpc.SslCredentials;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoogleGrpcParserTest {
    private final Findings findings = new Findings(XDS);

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "127.0.0.1:9, 127.0.0.1, 9, 127.0.0.1:9",
        "dns:///127.0.0.1:9, 127.0.0.1, 9, 127.0.0.1:9",
        "ipv4:127.0.0.1:9, 127.0.0.1, 9, 127.0.0.1:9",
        "[::1]:9, ::1, 9, [::1]:9",
        "ipv6:[::1]:9, ::1, 9, [::1]:9",
        "127.0.0.1, 127.0.0.1, 443, 127.0.0.1",
    })
    void readsAnAddress(String uri, String host, int port, String authority) {
        var target = parse(of(uri));

        assertThat(target.cluster().addresses())
                .containsExactly(new InetSocketAddress(InetAddress.ofLiteral(host), port));
        assertThat(target.cluster().resolveNames()).isFalse();
        assertThat(target.authority()).isEqualTo(authority);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "xds.test:9, 9, xds.test:9",
        "xds.test, 443, xds.test",
        "dns:xds.test:9, 9, xds.test:9",
        "dns:///xds.test:9, 9, xds.test:9",
        "dns://8.8.8.8/xds.test:9, 9, xds.test:9",
    })
    void readsANameThatIsLookedUpLater(String uri, int port, String authority) {
        var target = parse(of(uri));

        assertThat(target.cluster().addresses())
                .containsExactly(InetSocketAddress.createUnresolved("xds.test", port));
        assertThat(target.cluster().resolveNames()).isTrue();
        assertThat(target.authority()).isEqualTo(authority);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"unix:/tmp/x", "unix:///tmp/x"})
    void readsAUnixDomainSocket(String uri) {
        var target = parse(of(uri));

        assertThat(target.cluster().addresses()).containsExactly(PipeAddress.of("/tmp/x"));
        assertThat(target.authority()).isEqualTo("localhost");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"xds:///a", "a:70000", "a:b", ":1", "ipv4:a.test:1", "unix:"})
    void refusesWhatItCannotReach(String uri) {
        assertThat(GoogleGrpcParser.parse(of(uri).build(), "g", findings)).isEmpty();

        assertThat(only(findings.rejected()).path()).isEqualTo("g.target_uri");
    }

    @Test
    void obeysTheArgumentsOfTheChannelThatShow() {
        var target =
                parse(
                        of("127.0.0.1:9")
                                .setChannelArgs(
                                        ChannelArgs.newBuilder()
                                                .putArgs("grpc.keepalive_time_ms", number(1_000))
                                                .putArgs("grpc.keepalive_timeout_ms", number(200))
                                                .putArgs("grpc.default_authority", text("a.test"))
                                                .putArgs("grpc.lb_policy_name", text("x"))));

        assertThat(target.authority()).isEqualTo("a.test");
        assertThat(target.cluster().http2Keepalive())
                .hasValue(new Http2Keepalive(Duration.ofSeconds(1), Duration.ofMillis(200)));
    }

    @Test
    void checksTheNameOfAServerBehindTls() {
        var tls =
                parse(
                                of("xds.test:9")
                                        .setChannelCredentials(
                                                ChannelCredentials.newBuilder()
                                                        .setSslCredentials(
                                                                SslCredentials
                                                                        .getDefaultInstance())))
                        .cluster()
                        .tls();

        assertThat(tls).hasValueSatisfying(each -> assertThat(each.sni()).isEqualTo("xds.test"));
    }

    @Test
    void refusesRootsThatAreNotThere() {
        var proto =
                of("xds.test:9")
                        .setChannelCredentials(
                                ChannelCredentials.newBuilder()
                                        .setSslCredentials(
                                                SslCredentials.newBuilder()
                                                        .setRootCerts(
                                                                DataSource.newBuilder()
                                                                        .setFilename("/nowhere"))));

        var _ = GoogleGrpcParser.parse(proto.build(), "g", findings);

        assertThat(only(findings.rejected()).reason()).contains("/nowhere");
    }

    private GoogleGrpcParser.Target parse(GoogleGrpc.Builder proto) {
        var target = GoogleGrpcParser.parse(proto.build(), "g", findings);
        assertThat(findings.isEmpty()).isTrue();
        return target.orElseThrow();
    }

    private static GoogleGrpc.Builder of(String uri) {
        return GoogleGrpc.newBuilder().setTargetUri(uri).setStatPrefix("s");
    }

    private static ChannelArgs.Value number(long value) {
        return ChannelArgs.Value.newBuilder().setIntValue(value).build();
    }

    private static ChannelArgs.Value text(String value) {
        return ChannelArgs.Value.newBuilder().setStringValue(value).build();
    }
}
