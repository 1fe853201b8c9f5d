// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.accesslog.FormatString;
import dev.outrigger.dataplane.config.HeaderEdits;
import dev.outrigger.dataplane.config.HealthCheckConfig.Check;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.StreamInfo;
import dev.outrigger.dataplane.message.WireText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The request of an HTTP health check as it goes over the wire, one character for each byte. */
final class HealthCheckRequest {
    /** Without a body these say nothing of a length. */
    private static final Set<String> BODY_UNEXPECTED =
            Set.of("GET", "HEAD", "DELETE", "TRACE", "CONNECT");

    private record Header(String name, String value) {}

    private HealthCheckRequest() {}

    /** Head and body. */
    static String text(Check.Http check, String host, Host to) {
        return head(check, host, to) + check.send();
    }

    static String head(Check.Http check, String host, Host to) {
        List<Header> headers = new ArrayList<>();
        headers.add(new Header("user-agent", "Envoy/HC"));
        edit(headers, check.headers(), to);
        if (!check.send().isEmpty()) {
            headers.add(new Header("content-length", Integer.toString(check.send().length())));
        } else if (!BODY_UNEXPECTED.contains(check.method())) {
            headers.add(new Header("content-length", "0"));
        }
        return head(check.method(), check.path(), host, headers);
    }

    /** The head of a gRPC health check. */
    static String grpcHead(HeaderEdits metadata, Duration timeout, String authority, Host to) {
        List<Header> headers = new ArrayList<>();
        headers.add(new Header("te", "trailers"));
        headers.add(new Header("content-type", "application/grpc"));
        headers.add(new Header("user-agent", "Envoy/HC"));
        edit(headers, metadata, to);
        headers.add(new Header("grpc-timeout", timeout.toMillis() + "m"));
        return head("POST", "/grpc.health.v1.Health/Check", authority, headers);
    }

    private static String head(String method, String path, String host, List<Header> headers) {
        var text = new StringBuilder(method).append(' ').append(WireText.of(path));
        text.append(" HTTP/1.1\r\nhost: ").append(WireText.of(host)).append("\r\n");
        for (Header header : headers) {
            text.append(WireText.of(header.name()))
                    .append(": ")
                    .append(header.value())
                    .append("\r\n");
        }
        return text.append("\r\n").toString();
    }

    private static void edit(List<Header> headers, HeaderEdits edits, Host to) {
        headers.removeIf(header -> edits.remove().contains(header.name()));
        for (HeaderEdits.Add add : edits.add()) {
            boolean present = headers.stream().anyMatch(h -> h.name().equals(add.name()));
            boolean wanted =
                    switch (add.action()) {
                        case APPEND_IF_EXISTS_OR_ADD, OVERWRITE_IF_EXISTS_OR_ADD -> true;
                        case ADD_IF_ABSENT -> !present;
                        case OVERWRITE_IF_EXISTS -> present;
                    };
            String value = value(add.value(), to);
            if (!wanted || (value.isEmpty() && !add.keepEmptyValue())) {
                continue;
            }
            switch (add.action()) {
                case OVERWRITE_IF_EXISTS_OR_ADD, OVERWRITE_IF_EXISTS ->
                        headers.removeIf(h -> h.name().equals(add.name()));
                case APPEND_IF_EXISTS_OR_ADD, ADD_IF_ABSENT -> {}
            }
            headers.add(new Header(add.name(), value));
        }
    }

    private static String value(String format, Host to) {
        var compiled = FormatString.parse(format, false);
        return compiled.isLiteral() ? compiled.literalText() : compiled.render(new Context(to));
    }

    /** There is no request and no response yet: formats see the host alone. */
    private static final class Context implements FormatContext {
        private final StreamInfo info = new StreamInfo();

        Context(Host host) {
            info.setUpstreamHost(host.addressText());
        }

        @Override
        public @Nullable RequestHead request() {
            return null;
        }

        @Override
        public @Nullable ResponseHead response() {
            return null;
        }

        @Override
        public StreamInfo info() {
            return info;
        }
    }
}
