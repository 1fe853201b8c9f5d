// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.tcp;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The cases of {@link TcpWireIT}: a listener and a script each. */
final class TcpCases {
    private static final String V2 = "0d0a0d0a000d0a515549540a";

    private final List<Case> cases = new ArrayList<>();

    private TcpCases() {}

    /**
     * One connection.
     *
     * @param listener its name in the configuration
     * @param script what {@link TcpPlay} plays
     */
    record Case(String name, String listener, String script) {}

    static List<Case> all() {
        var all = new TcpCases();
        all.proxying();
        all.failing();
        all.times();
        all.proxyHeaders();
        all.inspected();
        all.plain();
        return List.copyOf(all.cases);
    }

    private void add(String name, String listener, String script) {
        cases.add(new Case(name, listener, script));
    }

    private void proxying() {
        add("both-ways", "tcp", "u+ c>hello u<5 u>world! c<6 c| u< u. c<");
        add("client-ends-first", "tcp", "u+ c>hello c| u< u>more u>and_more u. c<");
        add("upstream-ends-first", "tcp", "u+ u>bye u| c< c>late u<4 c. u<");
        add("client-closes-while-idle", "tcp", "u+ c. u< u.");
        add("upstream-closes-while-idle", "tcp", "u+ u. c< c.");
        add("upstream-talks-first", "tcp", "u+ u>220_ready c<9 c>quit u<4 u. c<");
        add("client-resets", "tcp", "u+ c>x u<1 c! u<");
        add("upstream-resets", "tcp", "u+ c>x u<1 u! c<");
        add("upstream-resets-after-its-end", "tcp", "u+ u| c< c>x u<1 u! c.");
        add("client-sends-before-it-is-connected", "tcp", "c>early u+ u<5 u. c<");
        add("client-ends-before-it-is-connected", "tcp", "c>early c| u+ u< u>ok u. c<");
        add(
                "large",
                "tcp",
                "u+ c>" + "a".repeat(200_000) + " c| u< u>" + "b".repeat(200_000) + " u. c<");
        add("second-cluster-by-weight", "weighted", "u+ c>x u<1 u. c<");
        add("subset", "subset", "u+ c>x u<1 u. c<");
        add("hashed", "hashed", "u+ c>x u<1 u. c<");
    }

    private void failing() {
        add("refused", "refused", "c< c.");
        add("refused-twice", "refused-twice", "c<");
        add("no-hosts", "no-hosts", "c<");
        add("no-cluster", "no-cluster", "c<");
        add("overflow", "overflow", "c<");
        add("pending-overflow", "pending-overflow", "c<");
        add("no-subset", "no-subset", "c<");
    }

    private void times() {
        add("idle", "idle", "u+ c>x u<1 c<");
        add("busy-is-not-idle", "idle", "u+ c>a u<1 u>b c<1 c>c u<1 u. c<");
        add("max-duration", "max-duration", "u+ c>x u<1 c<");
        add("logged-when-connected", "log-connected", "u+ c>x u<1 u. c<");
    }

    private void proxyHeaders() {
        String[] good = {
            "PROXY_TCP4_1.2.3.4_5.6.7.8_111_222\\r\\n",
            "PROXY_TCP6_::1_2001:db8::5_111_222\\r\\n",
            "PROXY_UNKNOWN\\r\\n",
            "PROXY_UNKNOWN_ffff:f_x_1_2\\r\\n",
        };
        for (int i = 0; i < good.length; i++) {
            add("v1-good-" + i, "proxied", "c>" + good[i] + "hello u+ u<5 u. c<");
        }
        add(
                "v1-in-parts",
                "proxied",
                "c>PROX ~ c>Y_TCP4_1.2.3.4_5.6.7.8_1 ~ c>11_222\\r ~ c>\\nhello u+ u<5 u. c<");
        String[] bad = {
            "PROXY_TCP4_1.2.3.4_5.6.7.8_111\\r\\n",
            "PROXY_TCP4_1.2.3_5.6.7.8_111_222\\r\\n",
            "PROXY_TCP4_1.2.3.4_5.6.7.8_111_66666\\r\\n",
            "PROXY_TCP4_1.2.3.4_5.6.7.8_-1_2\\r\\n",
            "PROXY_TCP4_::1_::2_1_2\\r\\n",
            "PROXY_TCP6_1.2.3.4_5.6.7.8_1_2\\r\\n",
            "PROXY_TCP4_0.0.0.0_5.6.7.8_1_2\\r\\n",
            "PROXY_TCP4_224.0.0.1_5.6.7.8_1_2\\r\\n",
            "PROXY_TCP4_255.255.255.255_5.6.7.8_1_2\\r\\n",
            "PROXY_UDP4_1.2.3.4_5.6.7.8_1_2\\r\\n",
            "PROXY__TCP4_1.2.3.4_5.6.7.8_1_2\\r\\n",
            "PROXY_TCP4_1.2.3.4_5.6.7.8_1_2_3\\r\\n",
            "PROXY\\r\\n",
            "PROXY_\\r\\n",
            "GET_/_HTTP/1.1\\r\\nhost:_a\\r\\n\\r\\n",
            "PROXY_TCP4_" + "1".repeat(200) + "\\r\\n",
            "proxy_TCP4_1.2.3.4_5.6.7.8_1_2\\r\\n",
        };
        for (int i = 0; i < bad.length; i++) {
            add("v1-bad-" + i, "proxied", "c>" + bad[i] + "hello c<");
        }
        String v4 = "010203040506070800500051";
        String v6 =
                "20010db8000000000000000000000001"
                        + "20010db8000000000000000000000002"
                        + "00500051";
        add("v2-tcp4", "proxied", "c>#" + V2 + "2111000c" + v4 + hex("hello") + " u+ u<5 u. c<");
        add("v2-tcp6", "proxied", "c>#" + V2 + "21210024" + v6 + hex("hello") + " u+ u<5 u. c<");
        add("v2-udp4", "proxied", "c>#" + V2 + "2112000c" + v4 + hex("hello") + " u+ u<5 u. c<");
        add("v2-local", "proxied", "c>#" + V2 + "20000000" + hex("hello") + " u+ u<5 u. c<");
        add(
                "v2-local-with-data",
                "proxied",
                "c>#" + V2 + "20110004aabbccdd" + hex("hello") + " u+ u<5 u. c<");
        add(
                "v2-in-parts",
                "proxied",
                "c>#" + V2 + " ~ c>#2111000c ~ c>#" + v4 + " ~ c>hello u+ u<5 u. c<");
        String tlv = "ea0003616263" + "020002" + hex("h2");
        add(
                "v2-tlvs",
                "proxied",
                "c>#" + V2 + "21110017" + v4 + tlv + hex("hello") + " u+ u<5 u. c<");
        add(
                "v2-empty-tlv",
                "proxied",
                "c>#" + V2 + "2111000f" + v4 + "ea0000" + hex("hello") + " u+ u<5 u. c<");
        add(
                "v2-short-tlv",
                "proxied",
                "c>#" + V2 + "2111000e" + v4 + "ea00" + hex("hello") + " c<");
        add(
                "v2-long-tlv",
                "proxied",
                "c>#" + V2 + "21110010" + v4 + "ea000561" + hex("hello") + " c<");
        add("v2-bad-version", "proxied", "c>#" + V2 + "3111000c" + v4 + hex("hello") + " c<");
        add("v2-bad-command", "proxied", "c>#" + V2 + "2211000c" + v4 + hex("hello") + " c<");
        add("v2-unix", "proxied", "c>#" + V2 + "2131000c" + v4 + hex("hello") + " c<");
        add("v2-unspec", "proxied", "c>#" + V2 + "2100000c" + v4 + hex("hello") + " c<");
        add("v2-short-addresses", "proxied", "c>#" + V2 + "21110008" + v4 + hex("hello") + " c<");
        add(
                "v2-no-unicast",
                "proxied",
                "c>#" + V2 + "2111000c" + "e00000010506070800500051" + hex("hello") + " c<");
        add("proxy-header-never-comes", "proxied", "c. u-");
        add("proxy-header-half", "proxied", "c>PROXY_TC c| c<");
        add("proxy-header-too-late", "proxied-brief", "c>PROXY_TC c<");
        add("proxy-header-too-late-goes-on", "proxied-lenient", "c>PROXY_TC u+ u<8 u. c<");
        add("no-header-where-none-is-needed", "proxied-optional", "c>hello u+ u<5 u. c<");
        add(
                "header-where-none-is-needed",
                "proxied-optional",
                "c>PROXY_TCP4_1.2.3.4_5.6.7.8_1_2\\r\\nhello u+ u<5 u. c<");
        add(
                "half-a-header-where-none-is-needed",
                "proxied-optional",
                "c>PROX ~ c>IMITY u+ u<9 u. c<");
        add("v1-disallowed", "proxied-v2-only", "c>PROXY_TCP4_1.2.3.4_5.6.7.8_1_2\\r\\nhello c<");
        add(
                "v2-allowed",
                "proxied-v2-only",
                "c>#" + V2 + "2111000c" + v4 + hex("hello") + " u+ u<5 u. c<");
        add(
                "headers-for-http",
                "proxied-http",
                "c>PROXY_TCP4_1.2.3.4_5.6.7.8_111_222\\r\\nGET_/_HTTP/1.1\\r\\nhost:_a\\r\\nconnection:_close\\r\\n\\r\\n c<");
    }

    private void inspected() {
        add("http11", "http-inspected", "c>GET_/_HTTP/1.1\\r\\n c<");
        add("http10", "http-inspected", "c>GET_/_HTTP/1.0\\r\\n c<");
        add("http09", "http-inspected", "c>GET_/\\r\\n c<");
        add("http12", "http-inspected", "c>GET_/_HTTP/1.2\\r\\n c<");
        add("http2", "http-inspected", "c>PRI_*_HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n c<");
        add("not-http", "http-inspected", "c>\\r\\n c<");
        add("not-http-either", "http-inspected", "c>#00010203 c<");
        add("http-in-parts", "http-inspected", "c>GE ~ c>T_/_HTT ~ c>P/1.1\\r ~ c>\\n c<");
        add("bad-version", "http-inspected", "c>GET_/_HTTX/1.1\\r\\n c<");
        add("no-uri", "http-inspected", "c>GET\\r\\n c<");
        add("plain-where-tls-is-looked-for", "tls-inspected", "c>hello c<");
        add("zero-byte", "tls-inspected", "c>#00 c<");
        add("half-a-record", "tls-inspected", "c>#160301 c| c<");
        add("record-of-something-else", "tls-inspected", "c>#1703010005aabbccddee c<");
        add("alert-record", "tls-inspected", "c>#15030100020100 c<");
        add("empty-record", "tls-inspected", "c>#1603010000 c<");
        add("server-hello", "tls-inspected", "c>#160301000402000000 c<");
        add("hello-with-a-name", "tls-inspected", "c>#" + hello("a.example.com") + " c<");
        add(
                "hello-too-large",
                "tls-inspected",
                "c>#16030140000100ffff0303" + "00".repeat(16_378) + " c<");
        add("FC3-name", "names-inspected", "c>#" + hello("A.example.com") + " c<");
        add(
                "FC3-name-not-looked-for",
                "names-not-inspected",
                "c>#" + hello("a.example.com") + " u+ u<5 u. c<");
        add("huge-record", "tls-inspected", "c>#160301ffff01000000 c<");
    }

    private void plain() {
        add("direct-response", "direct", "c<");
        add("echo", "echo", "c>abc c<3 c>def c<3 c.");
        add("no-filters", "no-filters", "c<");
        add("no-chain", "no-chain", "c<");
        add("too-many-connections", "limited", "c<");
        add("filter-disabled", "disabled", "c>hello u+ u<5 u. c<");
        add("filter-not-disabled", "enabled", "c>PROXY_UNKNOWN\\r\\nhello u+ u<5 u. c<");
    }

    /** The least a client can say of TLS, and the name it looks for. */
    private static String hello(String name) {
        String host = "00" + short16(name.length()) + hex(name);
        String list = short16(host.length() / 2) + host;
        String extension = "0000" + short16(list.length() / 2) + list;
        String body =
                "0303"
                        + "11".repeat(32)
                        + "00"
                        + "0002c02f"
                        + "0100"
                        + short16(extension.length() / 2)
                        + extension;
        String message = "0100" + short16(body.length() / 2) + body;
        return "160301" + short16(message.length() / 2) + message;
    }

    private static String short16(int value) {
        return "%04x".formatted(value);
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }
}
