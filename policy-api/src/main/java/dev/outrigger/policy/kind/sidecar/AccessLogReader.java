// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.sidecar;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.NearestName;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.field.Names;
import dev.outrigger.policy.kind.sidecar.AccessLog.Format;
import dev.outrigger.policy.kind.sidecar.AccessLog.Sink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Reads {@code accessLog}: 0..8 of exactly one of {@code file} (an absolute path), {@code stdout}
 * and {@code stderr} (true); {@code text} (one line; its end is added) or {@code json} (1..64
 * fields), default Envoy's own line; {@code minStatus} 100..599; {@code minDuration} 1ms..1h. Of
 * Envoy's command operators those are taken that every proxy knows.
 */
final class AccessLogReader {
    private static final List<String> SINKS = List.of("file", "stdout", "stderr");
    private static final List<String> FIELDS =
            List.of("file", "stdout", "stderr", "text", "json", "minStatus", "minDuration");
    private static final int MAX_FORMAT = 4_096;

    private static final Set<String> OPERATORS =
            Set.of(
                    "BYTES_RECEIVED",
                    "BYTES_SENT",
                    "CONNECTION_ID",
                    "DOWNSTREAM_DIRECT_REMOTE_ADDRESS",
                    "DOWNSTREAM_LOCAL_ADDRESS",
                    "DOWNSTREAM_REMOTE_ADDRESS",
                    "DURATION",
                    "PROTOCOL",
                    "REQUEST_DURATION",
                    "RESPONSE_CODE",
                    "RESPONSE_CODE_DETAILS",
                    "RESPONSE_DURATION",
                    "RESPONSE_FLAGS",
                    "ROUTE_NAME",
                    "START_TIME",
                    "UPSTREAM_CLUSTER",
                    "UPSTREAM_HOST",
                    "UPSTREAM_REQUEST_ATTEMPT_COUNT",
                    "UPSTREAM_TRANSPORT_FAILURE_REASON");
    private static final Pattern HEADER =
            Pattern.compile(
                    "(?:REQ|RESP|TRAILER)\\([A-Za-z0-9:_-]+(?:\\?[A-Za-z0-9:_-]+)?\\)(?::[0-9]{1,4})?");

    private AccessLogReader() {}

    static List<AccessLog> read(DocumentNode list) {
        var logs = new ArrayList<AccessLog>();
        for (DocumentNode item : list.items(0, 8)) {
            if (!item.objectOf(FIELDS)) {
                continue;
            }
            var sink = sink(item);
            var format = format(item);
            var minStatus = item.field("minStatus").intIn(100, 599);
            var minDuration =
                    item.field("minDuration").duration(Duration.ofMillis(1), Duration.ofHours(1));
            sink.ifPresent(to -> logs.add(new AccessLog(to, format, minStatus, minDuration)));
        }
        return logs;
    }

    private static Optional<Sink> sink(DocumentNode item) {
        var given = SINKS.stream().map(item::field).filter(DocumentNode::isPresent).toList();
        if (given.size() != 1) {
            item.violate(
                    ViolationCode.INCONSISTENT,
                    "Has "
                            + given.size()
                            + " places to write to (expected: exactly one of file, stdout,"
                            + " stderr).");
            return Optional.empty();
        }
        DocumentNode node = given.getFirst();
        if (node.path().tokens().getLast().equals("file")) {
            return file(node);
        }
        var value = node.bool();
        if (value.isPresent() && !value.get()) {
            node.violate(ViolationCode.BAD_VALUE, "Is false (expected: true, or no such field).");
        }
        boolean isStdout = node.path().tokens().getLast().equals("stdout");
        return value.map(_ -> isStdout ? new Sink.Stdout() : new Sink.Stderr());
    }

    private static Optional<Sink> file(DocumentNode node) {
        var path = Names.printable(node, 1_024);
        if (path.isPresent() && !path.get().startsWith("/")) {
            node.violate(
                    ViolationCode.BAD_VALUE,
                    Quoted.of(path.get()) + " is no absolute path (expected: such as /var/log/a).");
        }
        return path.map(Sink.ToFile::new);
    }

    private static Format format(DocumentNode item) {
        DocumentNode text = item.field("text");
        DocumentNode json = item.field("json");
        if (text.isPresent() && json.isPresent()) {
            item.violate(
                    ViolationCode.INCONSISTENT,
                    "Has both formats (expected: either 'text' or 'json').");
        }
        if (json.isPresent()) {
            var fields = new LinkedHashMap<String, String>();
            for (DocumentNode.Field field : json.fields(64)) {
                line(field.value()).ifPresent(value -> fields.put(field.name(), value));
            }
            return new Format.Json(fields);
        }
        return line(text).<Format>map(Format.Text::new).orElseGet(Format.Standard::new);
    }

    private static Optional<String> line(DocumentNode node) {
        var text = node.string(MAX_FORMAT);
        text.ifPresent(line -> {
            if (line.codePoints().anyMatch(c -> c != '\t' && Character.isISOControl(c))) {
                node.violate(
                        ViolationCode.BAD_VALUE,
                        "Has control characters (expected: none but tabs; the end of the line is"
                                + " added).");
            }
            checkOperators(node, line);
        });
        return text;
    }

    /** Envoy refuses a whole listener for an operator it does not know. */
    private static void checkOperators(DocumentNode node, String line) {
        int at = line.indexOf('%');
        while (at >= 0) {
            int end = line.indexOf('%', at + 1);
            if (end < 0) {
                node.violate(
                        ViolationCode.BAD_VALUE,
                        "Has a '%' that ends nowhere (expected: %% for the sign itself).");
                return;
            }
            String operator = line.substring(at + 1, end);
            if (!operator.isEmpty()
                    && !OPERATORS.contains(operator)
                    && !HEADER.matcher(operator).matches()) {
                node.violate(
                        ViolationCode.BAD_VALUE,
                        Quoted.of("%" + operator + "%")
                                + " is not known (expected: %REQ(name)%, %RESP(name)%,"
                                + " %TRAILER(name)% or one of "
                                + String.join(", ", new TreeSet<>(OPERATORS))
                                + ")."
                                + NearestName.hint(operator, OPERATORS));
            }
            at = line.indexOf('%', end + 1);
        }
    }
}
