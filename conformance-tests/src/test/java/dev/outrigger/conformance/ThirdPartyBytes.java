// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.outrigger.conformance.WireCase.Setup;
import dev.outrigger.conformance.exchange.UpstreamAnswer;
import dev.outrigger.conformance.exchange.UpstreamAnswer.After;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Bytes of others' tests, beside this repository, as cases: of Envoy's HTTP/1 codec, of its path
 * normalisation, of llhttp and of a request smuggler's list. What the files expect is not read.
 */
final class ThirdPartyBytes {
    private static final Path DATA = Path.of("..", "..", "shared", "data");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String REQUEST = "GET / HTTP/1.1\r\nhost: b.local\r\n\r\n";
    private static final String UPGRADE =
            REQUEST.replace("\r\n\r\n", "\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
    private static final Duration PAUSE = Duration.ofMillis(40);

    private ThirdPartyBytes() {}

    static List<WireCase> pathNormalization() throws IOException {
        var options =
                Map.of(
                        "default", "",
                        "normalize", "\"normalize_path\": true,",
                        "merge", "\"merge_slashes\": true,",
                        "both", "\"normalize_path\": true, \"merge_slashes\": true,",
                        "forward", escaped("UNESCAPE_AND_FORWARD"),
                        "redirect", escaped("UNESCAPE_AND_REDIRECT"),
                        "reject", escaped("REJECT_REQUEST"));
        var cases = new ArrayList<WireCase>();
        var file = read("envoy-path-normalization", "path_utility.json");
        var paths = new ArrayList<String>();
        for (var table : List.of("normalize_path", "merge_slashes")) {
            file.get(table).forEach(row -> paths.add(row.get(0).asText()));
        }
        file.get("normalize_path_rejected").forEach(row -> paths.add(row.asText()));
        for (var path : paths) {
            options.forEach((name, manager) ->
                    cases.add(
                            WireCase.of(
                                    "path-normalization/" + name + "/" + path,
                                    Setup.of(manager),
                                    "GET " + path + " HTTP/1.1\r\nhost: b.local\r\n\r\n")));
        }
        return cases;
    }

    private static String escaped(String action) {
        return "\"normalize_path\": true, \"merge_slashes\": true,"
                + " \"path_with_escaped_slashes_action\": \""
                + action
                + "\",";
    }

    static List<WireCase> envoyCodec() throws IOException {
        var cases = new ArrayList<WireCase>();
        for (var each : read("envoy-http1-raw", "http1_codec_cases.json")) {
            var test = each.get("test").asText();
            var id = "codec/" + test.substring(test.indexOf('.') + 1);
            var bytes = new ArrayList<String>();
            each.get("bytes").forEach(part -> bytes.add(text(part)));
            if (each.get("side").asText().equals("server")) {
                var setup = Setup.of(settings(each));
                addRequest(cases, id, setup, bytes);
            } else {
                addResponse(cases, id, bytes);
            }
        }
        return cases;
    }

    /** The options that the codec's test sets, as a listener's. */
    private static String settings(JsonNode test) {
        var http1 = new StringBuilder();
        var manager = new StringBuilder();
        var common = new StringBuilder();
        for (var node : test.path("settings")) {
            var setting = node.asText();
            if (setting.contains("accept_http_10")) {
                http1.append("\"accept_http_10\": true,");
            } else if (setting.contains("allow_custom_methods")) {
                http1.append("\"allow_custom_methods\": true,");
            } else if (setting.contains("enable_trailers")) {
                http1.append("\"enable_trailers\": true,");
            } else if (setting.contains("ignore_upgrade_matchers")) {
                http1.append("\"ignore_http_11_upgrade\": [{\"prefix\": \"TLS/\"}],");
            } else if (setting.contains("DROP_HEADER")) {
                common.append("\"headers_with_underscores_action\": \"DROP_HEADER\",");
            } else if (setting.contains("REJECT_REQUEST")) {
                common.append("\"headers_with_underscores_action\": \"REJECT_REQUEST\",");
            } else if (setting.contains("max_request_headers_kb")) {
                manager.append("\"max_request_headers_kb\": 8192,");
            } else if (setting.contains("max_request_headers_count")) {
                common.append("\"max_headers_count\": 150,");
            } else {
                throw new IllegalArgumentException(test.get("test") + ": " + setting);
            }
        }
        if (!http1.isEmpty()) {
            manager.append("\"http_protocol_options\": ").append(message(http1)).append(',');
        }
        if (!common.isEmpty()) {
            manager.append("\"common_http_protocol_options\": ")
                    .append(message(common))
                    .append(',');
        }
        return manager.toString();
    }

    private static String message(StringBuilder fields) {
        return "{" + fields.substring(0, fields.length() - 1) + "}";
    }

    static List<WireCase> llhttp() throws IOException {
        var cases = new ArrayList<WireCase>();
        for (var each : read("http-desync", "llhttp_cases.json")) {
            var id = "llhttp/" + cases.size() + "-" + each.get("title").asText();
            var bytes = List.of(text(each.get("bytes")));
            if (each.get("meta").get("type").asText().startsWith("request")) {
                addRequest(cases, id, Setup.of(""), bytes);
            } else {
                addResponse(cases, id, bytes);
            }
        }
        return cases;
    }

    /** Each with a length beside it and without, and a further request behind it. */
    static List<WireCase> gadgets() throws IOException {
        var cases = new ArrayList<WireCase>();
        for (var each : read("http-desync", "smuggler_te_gadgets.json")) {
            var id = "gadgets/" + cases.size() + "-" + each.get("name").asText();
            var header = text(each.get("te_header_gadget"));
            cases.add(
                    WireCase.of(
                            id + "/with-length",
                            Setup.of(""),
                            "POST /a HTTP/1.1\r\nhost: b.local\r\ncontent-length: 6\r\n"
                                    + header
                                    + "\r\n\r\n0\r\n\r\nX"
                                    + REQUEST));
            cases.add(
                    WireCase.of(
                            id + "/alone",
                            Setup.of(""),
                            "POST /a HTTP/1.1\r\nhost: b.local\r\n"
                                    + header
                                    + "\r\n\r\n1\r\nZ\r\n0\r\n\r\n"
                                    + REQUEST));
        }
        return cases;
    }

    /** As it is, with a host where it has none, in two halves, and with an options that relax. */
    private static void addRequest(
            List<WireCase> cases, String id, Setup setup, List<String> bytes) {
        cases.add(WireCase.of(id, setup, bytes.toArray(String[]::new)));
        var hosted = bytes.stream().map(ThirdPartyBytes::withHost).toList();
        if (!hosted.equals(bytes)) {
            cases.add(WireCase.of(id + "/host", setup, hosted.toArray(String[]::new)));
        }
        if (bytes.size() == 1) {
            var text = hosted.getFirst();
            int middle = text.length() / 2;
            cases.add(
                    WireCase.of(
                            id + "/halves",
                            setup,
                            text.substring(0, middle),
                            text.substring(middle)));
        }
        if (setup.manager().isEmpty()) {
            cases.add(WireCase.of(id + "/relaxed", RELAXED, hosted.toArray(String[]::new)));
        }
    }

    private static final Setup RELAXED =
            Setup.of(
                    """
                    "http_protocol_options": {"accept_http_10": true, "default_host_for_http_10": "ten",
                     "allow_chunked_length": true, "allow_custom_methods": true, "enable_trailers": true},
                    "upgrade_configs": [{"upgrade_type": "websocket"}, {"upgrade_type": "CONNECT"}],
                    """);

    private static String withHost(String text) {
        int lineEnd = text.indexOf('\n') + 1;
        boolean has = text.toLowerCase(Locale.ROOT).contains("\nhost:");
        return has || lineEnd == 0
                ? text
                : text.substring(0, lineEnd) + "host: b.local\r\n" + text.substring(lineEnd);
    }

    /** To GET, to HEAD and to an upgrade, from an upstream that then stays and one that goes. */
    private static void addResponse(List<WireCase> cases, String id, List<String> bytes) {
        var requests =
                Map.of(
                        "get",
                        REQUEST,
                        "head",
                        REQUEST.replace("GET", "HEAD"),
                        "upgrade",
                        UPGRADE,
                        "connect",
                        "CONNECT b.local:80 HTTP/1.1\r\nhost: b.local:80\r\n\r\n");
        var rest = String.join("", bytes.subList(1, bytes.size()));
        requests.forEach((kind, request) -> {
            for (var after : List.of(After.KEEP, After.CLOSE)) {
                var pause = rest.isEmpty() ? Duration.ZERO : PAUSE;
                var answer =
                        new UpstreamAnswer(
                                false, Duration.ZERO, bytes.getFirst(), pause, rest, after);
                var name = id + "/" + kind + "-" + after.name().toLowerCase(Locale.ROOT);
                cases.add(WireCase.of(name, RELAXED, request).answering(answer));
            }
        });
    }

    private static JsonNode read(String folder, String file) throws IOException {
        return JSON.readTree(DATA.resolve(folder).resolve(file).toFile());
    }

    private static String text(JsonNode bytes) {
        var decoded = Base64.getDecoder().decode(bytes.get("b64").asText());
        return new String(decoded, StandardCharsets.ISO_8859_1);
    }
}
