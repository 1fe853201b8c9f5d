// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.exchange;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the client does: {@code steps}, or in short {@code send} (bytes; then as many
 * responses are awaited as requests were sent) or {@code get} (a path on the usual host).
 */
final class StepReader {
    private static final String HOST = "b.local";

    private StepReader() {}

    /** With {@code http2: true} all connections speak HTTP/2. */
    static List<ClientStep> read(YamlNode node) {
        boolean http2 = node.flag("http2");
        var steps = readSteps(node);
        if (!http2) {
            return steps;
        }
        var framed = new ArrayList<ClientStep>();
        framed.add(new ClientStep.ConnectHttp2());
        steps.forEach(step ->
                framed.add(
                        step instanceof ClientStep.Connect ? new ClientStep.ConnectHttp2() : step));
        return framed;
    }

    private static List<ClientStep> readSteps(YamlNode node) {
        var get = node.optionalText("get");
        var send = node.optionalText("send");
        var steps = node.list("steps");
        int ways =
                (get.isPresent() ? 1 : 0) + (send.isPresent() ? 1 : 0) + (steps.isEmpty() ? 0 : 1);
        if (ways != 1) {
            throw new IllegalArgumentException(
                    node.path()
                            + ": "
                            + ways
                            + " ways to send (expected: one of get, send, steps)");
        }
        if (get.isPresent()) {
            return sendAndAwait("GET " + get.get() + " HTTP/1.1\r\nhost: " + HOST + "\r\n\r\n", 1);
        }
        if (send.isPresent()) {
            return sendAndAwait(send.get(), 1);
        }
        var read = new ArrayList<ClientStep>();
        for (var step : steps) {
            read.add(step(node, step));
        }
        return read;
    }

    private static List<ClientStep> sendAndAwait(String text, int responses) {
        return List.of(new ClientStep.Send(text), new ClientStep.AwaitResponses(responses));
    }

    private static ClientStep step(YamlNode exchange, @Nullable Object value) {
        var path = exchange.at("steps");
        if (value instanceof String word) {
            return switch (word) {
                case "connect" -> new ClientStep.Connect();
                case "connect-http2" -> new ClientStep.ConnectHttp2();
                case "response" -> new ClientStep.AwaitResponses(1);
                case "end" -> new ClientStep.AwaitEnd();
                case "close-write" -> new ClientStep.CloseWrite();
                case "close" -> new ClientStep.Close();
                case "reset" -> new ClientStep.Reset();
                default -> throw new IllegalArgumentException(path + ": unknown step " + word);
            };
        }
        var node = YamlNode.of(path, value);
        var word = node.keys().stream().findFirst().orElse("");
        var text = node.optionalText(word).orElse("");
        if (node.keys().size() != 1) {
            throw new IllegalArgumentException(path + ": " + node.keys() + " (expected: one word)");
        }
        return switch (word) {
            case "send" -> new ClientStep.Send(text);
            case "get" ->
                    new ClientStep.Send("GET " + text + " HTTP/1.1\r\nhost: " + HOST + "\r\n\r\n");
            case "responses" -> new ClientStep.AwaitResponses(Integer.parseInt(text));
            case "attempts" -> new ClientStep.AwaitAttempts(Integer.parseInt(text));
            case "stat" -> stat(path, text);
            case "quiet" -> new ClientStep.AwaitQuiet(YamlNode.duration(path, text));
            case "reset-stream" -> new ClientStep.ResetStream(Integer.parseInt(text));
            case "pause" -> new ClientStep.Pause(YamlNode.duration(path, text));
            case "admin" -> admin(path, text);
            case "apply" -> new ClientStep.Apply(text);
            case "remove" -> new ClientStep.Remove(text);
            default -> throw new IllegalArgumentException(path + ": unknown step " + word);
        };
    }

    private static ClientStep stat(String path, String text) {
        var words = text.split(": ");
        if (words.length != 2 || !words[1].matches("\\d{1,9}\\+?")) {
            throw new IllegalArgumentException(
                    path + ": " + text + " (expected: \"NAME: 1\" or \"NAME: 1+\")");
        }
        boolean atLeast = words[1].endsWith("+");
        var value = atLeast ? words[1].substring(0, words[1].length() - 1) : words[1];
        return new ClientStep.AwaitStat(words[0], Long.parseLong(value), atLeast);
    }

    private static ClientStep admin(String path, String text) {
        var words = text.split(" ");
        if (words.length != 2) {
            throw new IllegalArgumentException(path + ": " + text + " (expected: GET /path)");
        }
        return new ClientStep.Admin(words[0], words[1]);
    }
}
