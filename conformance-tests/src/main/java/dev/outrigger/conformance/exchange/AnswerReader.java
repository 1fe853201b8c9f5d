// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.exchange;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the answers of an upstream. */
final class AnswerReader {
    private AnswerReader() {}

    static List<UpstreamAnswer> readAll(String path, @Nullable Object value) {
        if (!(value instanceof List<?> list) || list.isEmpty()) {
            throw new IllegalArgumentException(path + ": " + value + " (expected: answers)");
        }
        return list.stream().map(each -> read(YamlNode.of(path, each))).toList();
    }

    private static UpstreamAnswer read(YamlNode node) {
        var after =
                UpstreamAnswer.After.valueOf(
                        node.optionalText("then")
                                .orElse("keep")
                                .replace('-', '_')
                                .toUpperCase(Locale.ROOT));
        var raw = node.optionalText("raw");
        UpstreamAnswer answer;
        if (raw.isPresent()) {
            answer =
                    new UpstreamAnswer(
                            node.flag("early"),
                            node.duration("delay"),
                            raw.get(),
                            node.duration("bodyDelay"),
                            node.optionalText("body").orElse(""),
                            after);
        } else {
            answer =
                    new UpstreamAnswer(
                            node.flag("early"),
                            node.duration("delay"),
                            interim(node) + head(node),
                            node.duration("bodyDelay"),
                            body(node),
                            after);
        }
        node.rejectUnreadKeys();
        return answer;
    }

    private static String interim(YamlNode node) {
        var text = new StringBuilder();
        for (var status : node.list("interim")) {
            text.append("HTTP/1.1 ").append(status).append(" Interim\r\n\r\n");
        }
        return text.toString();
    }

    private static String head(YamlNode node) {
        var head = new StringBuilder("HTTP/1.1 ");
        head.append(node.optionalText("status").orElse("200"))
                .append(' ')
                .append(node.optionalText("reason").orElse("Upstream"))
                .append("\r\n");
        var headers = node.node("headers");
        boolean framed = false;
        if (headers.isPresent()) {
            for (var name : headers.get().keys().stream().sorted().toList()) {
                for (var value : values(headers.get(), name)) {
                    head.append(name).append(": ").append(value).append("\r\n");
                }
                framed |= name.equals("content-length") || name.equals("transfer-encoding");
            }
        }
        if (node.has("chunks")) {
            head.append("transfer-encoding: chunked\r\n");
        } else if (!framed && !node.flag("unframed")) {
            int length = node.optionalText("body").orElse("").length();
            head.append("content-length: ").append(length).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    private static List<String> values(YamlNode headers, String name) {
        var value = headers.raw(name);
        if (value instanceof List<?> several) {
            return several.stream().map(String::valueOf).toList();
        }
        return List.of(value == null ? "" : String.valueOf(value));
    }

    private static String body(YamlNode node) {
        if (!node.has("chunks")) {
            return node.optionalText("body").orElse("");
        }
        var text = new StringBuilder();
        for (var chunk : node.list("chunks")) {
            var bytes = YamlNode.joined(node.at("chunks"), chunk == null ? "" : chunk);
            text.append(Integer.toHexString(bytes.length())).append("\r\n");
            text.append(bytes).append("\r\n");
        }
        text.append("0\r\n").append(node.optionalText("trailers").orElse("")).append("\r\n");
        return text.toString();
    }
}
