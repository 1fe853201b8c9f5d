// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.http2;

import static dev.outrigger.conformance.http2.Frames.ACK;
import static dev.outrigger.conformance.http2.Frames.END;
import static dev.outrigger.conformance.http2.Frames.END_HEADERS;
import static dev.outrigger.conformance.http2.Frames.MAGIC;
import static dev.outrigger.conformance.http2.Frames.NONE;
import static dev.outrigger.conformance.http2.Frames.SETTINGS;
import static dev.outrigger.conformance.http2.Frames.frame;
import static dev.outrigger.conformance.http2.Frames.headers;
import static dev.outrigger.conformance.http2.Frames.join;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.outrigger.conformance.http2.FrameUpstream.Script;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The words of which cases of tunnels are made. */
final class TunnelWords {
    /** In a client's parts: it ends its side of the connection. */
    static final byte[] CLIENT_ENDS = "|".getBytes(ISO_8859_1);

    private static final byte[] SETTLED =
            join(frame(SETTINGS, 0, 0, NONE), frame(SETTINGS, ACK, 0, NONE));
    static final int WHOLE = END | END_HEADERS;
    static final String HTTP2 =
            ", typed_extension_protocol_options: {envoy.extensions.upstreams.http.v3.HttpProtocolOptions:"
                    + " {'@type': type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions,"
                    + " explicit_http_config: {http2_protocol_options: {%s}}}}";

    private TunnelWords() {}

    /** Who is at the other end. */
    sealed interface Upstream {
        /** Nobody, where there are no scripts. */
        record Raw(List<String> scripts) implements Upstream {}

        record Framed(List<Script> scripts) implements Upstream {}
    }

    /**
     * One case.
     *
     * @param overHttp2 whether the client's parts are frames, behind a preface
     * @param parts what the client sends
     * @param filter of its listener
     * @param cluster more fields of the cluster, in YAML flow style
     */
    record Case(
            boolean overHttp2,
            List<byte[]> parts,
            Upstream upstream,
            String filter,
            String cluster) {
        Case cluster(String yaml) {
            return new Case(overHttp2, parts, upstream, filter, cluster + yaml);
        }
    }

    static String manager(String more, String match, String route, String host) {
        return "{name: hcm, typed_config: {'@type':"
                + " type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager,"
                + " stat_prefix: $ID, delayed_close_timeout: 0.05s, generate_request_id: false,"
                + " http2_protocol_options: {allow_connect: true}, access_log: $LOG,"
                + " access_log_options: {flush_log_on_tunnel_successfully_established: true},"
                + more
                + " route_config: {virtual_hosts: [{name: v, domains: ['*'], routes: [{match: {"
                + match
                + "}, route: {cluster: $ID"
                + route
                + "}}]"
                + host
                + "}]}, http_filters: ["
                + ROUTER
                + "]}}";
    }

    static final String ROUTER =
            "{name: router, typed_config: {'@type':"
                    + " type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}";
    static final String CONNECT = "connect_matcher: {}";
    static final String ENDS = ", upgrade_configs: [{upgrade_type: CONNECT, connect_config: {}}]";
    static final String FORWARDED = ", upgrade_configs: [{upgrade_type: CONNECT}]";

    static Case http1(String filter, Upstream upstream, String... parts) {
        return new Case(false, bytes(parts), upstream, filter, "");
    }

    static Case http2(String filter, Upstream upstream, byte[]... parts) {
        var all = new ArrayList<>(List.of(parts));
        all.set(0, join(MAGIC, frame(SETTINGS, 0, 0, NONE), parts[0]));
        return new Case(true, List.copyOf(all), upstream, filter, "");
    }

    static List<byte[]> bytes(String... parts) {
        return Arrays.stream(parts).map(each -> each.getBytes(ISO_8859_1)).toList();
    }

    static Upstream raw(String... scripts) {
        return new Upstream.Raw(List.of(scripts));
    }

    static Upstream framed(Script script) {
        return new Upstream.Framed(List.of(script));
    }

    static Script script() {
        return Script.greets(SETTLED);
    }

    static String head(String line) {
        return line + " HTTP/1.1\r\nhost: a.b:80\r\n\r\n";
    }

    static byte[] connect(int stream, boolean end, String... more) {
        return ask(stream, end, "CONNECT", more);
    }

    static byte[] ask(int stream, boolean end, String method, String... more) {
        var fields = new ArrayList<>(List.of(":method", method, ":authority", "a.b:80"));
        fields.addAll(List.of(more));
        return headers(end ? WHOLE : END_HEADERS, stream, fields.toArray(new String[0]));
    }

    static byte[] status(String code, boolean end, String... more) {
        var fields = new ArrayList<>(List.of(":status", code));
        fields.addAll(List.of(more));
        return headers(end ? WHOLE : END_HEADERS, 1, fields.toArray(new String[0]));
    }
}
