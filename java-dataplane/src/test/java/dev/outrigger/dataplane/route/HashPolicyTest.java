// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.config.RouteActionConfig.CookieAttribute;
import dev.outrigger.dataplane.config.RouteActionConfig.HashPolicyConfig;
import dev.outrigger.dataplane.config.RouteActionConfig.HashSource;
import dev.outrigger.dataplane.config.RouteActionConfig.RegexRewriteConfig;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.StreamInfo;
import dev.outrigger.dataplane.telemetry.XxHash64;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HashPolicyTest {
    private final List<String> cookies = new ArrayList<>();
    private final StreamInfo info = new StreamInfo();

    private Optional<Long> hash(RequestHead head, HashPolicyConfig... policies) {
        info.begin(
                ConnectionInfo.of(
                        1,
                        new InetSocketAddress("10.0.0.1", 1234),
                        new InetSocketAddress("10.0.0.2", 80)),
                0,
                0);
        var result = new HashPolicy.Result();
        new HashPolicy(List.of(policies)).hash(head, info, result, cookies::add);
        return result.isPresent() ? Optional.of(result.hash()) : Optional.empty();
    }

    private static HashPolicyConfig of(HashSource source) {
        return new HashPolicyConfig(source, false);
    }

    private static HashPolicyConfig header(String name) {
        return of(new HashSource.Header(name, Optional.empty()));
    }

    private static long of(String text) {
        return XxHash64.hash(Ascii.bytes(text));
    }

    @Test
    void hashesAHeader() {
        assertThat(hash(Heads.get("/", "x-a: one"), header("x-a"))).contains(of("one"));
        assertThat(hash(Heads.get("/"), header("x-a"))).isEmpty();
    }

    @Test
    void hashesTheLinesOfAHeaderInAnyOrder_HP2() {
        var there = hash(Heads.get("/", "x-a: one", "x-a: two"), header("x-a"));
        var back = hash(Heads.get("/", "x-a: two", "x-a: one"), header("x-a"));

        // The first one's hash is the second one's seed.
        assertThat(there)
                .contains(XxHash64.hash(Ascii.bytes("two"), 0, 3, of("one")))
                .isEqualTo(back);
    }

    @Test
    void hashesLinesAsEnvoyDoes() {
        // The figure is that of Envoy's own tests.
        assertThat(hash(Heads.get("/", "x-a: foo"), header("x-a"))).contains(of("foo"));
        assertThat(XxHash64.hash(Ascii.bytes("bar"), 0, 3, of("foo")))
                .isEqualTo(Long.parseUnsignedLong("17745830980996999794"));
    }

    @Test
    void rewritesAHeaderFirst() {
        var source =
                new HashSource.Header("x-a", Optional.of(new RegexRewriteConfig("[0-9]+", "")));

        assertThat(hash(Heads.get("/", "x-a: user12"), of(source))).contains(of("user"));
    }

    @Test
    void combinesPoliciesByRotation_HP1() {
        var both = hash(Heads.get("/", "x-a: one", "x-b: two"), header("x-a"), header("x-b"));

        assertThat(both).contains(Long.rotateLeft(of("one"), 1) ^ of("two"));
    }

    @Test
    void stopsAtATerminalPolicyThatHasAHash_HP1() {
        var terminal = new HashPolicyConfig(new HashSource.Header("x-a", Optional.empty()), true);

        assertThat(hash(Heads.get("/", "x-a: one", "x-b: two"), terminal, header("x-b")))
                .contains(of("one"));
        assertThat(hash(Heads.get("/", "x-b: two"), terminal, header("x-b"))).contains(of("two"));
    }

    @Test
    void hashesTheCallersAddressWithoutItsPort() {
        assertThat(hash(Heads.get("/"), of(new HashSource.SourceIp()))).contains(of("10.0.0.1"));
    }

    @Test
    void hashesTheFirstQueryParameterOfTheName() {
        var source = of(new HashSource.QueryParameter("q"));

        assertThat(hash(Heads.get("/?a=1&q=x&q=y"), source)).contains(of("x"));
        assertThat(hash(Heads.get("/?Q=x"), source)).isEmpty();
    }

    @Test
    void readsACookieAndMakesNoneWithoutATtl() {
        var source = of(new HashSource.Cookie("id", Optional.empty(), "", List.of()));

        assertThat(hash(Heads.get("/", "cookie: a=b; id=\"me\""), source)).contains(of("me"));
        assertThat(hash(Heads.get("/", "cookie: a=b"), source)).isEmpty();
        assertThat(cookies).isEmpty();
    }

    @Test
    void makesAMissingCookieForTheConnection_HP2() {
        var source =
                of(
                        new HashSource.Cookie(
                                "id",
                                Optional.of(Duration.ofMinutes(1)),
                                "/p",
                                List.of(
                                        new CookieAttribute("SameSite", "Lax"),
                                        new CookieAttribute("Secure", ""))));
        String made = String.format("%016x", of("10.0.0.1:123410.0.0.2:80"));

        assertThat(hash(Heads.get("/"), source)).contains(of(made));
        assertThat(cookies)
                .containsExactly(
                        "id=\"" + made + "\"; Max-Age=60; Path=/p; SameSite=Lax; Secure; HttpOnly");
    }
}
