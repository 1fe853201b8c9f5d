// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import dev.outrigger.conformance.observe.Header;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What heads of HTTP/1 messages become in HTTP/2 (RFC 9113 section 8). */
final class Http2Messages {
    /** What is about an HTTP/1 connection or its framing. */
    private static final Set<String> DROPPED =
            Set.of(
                    "connection",
                    "host",
                    "keep-alive",
                    "proxy-connection",
                    "transfer-encoding",
                    "upgrade");

    private static final Pattern REQUEST_LINE =
            Pattern.compile("(\\S+) (\\S*) HTTP/1\\.\\d", Pattern.CASE_INSENSITIVE);
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.\\d (\\d{2,4})(?: .*)?");

    private Http2Messages() {}

    /** The fields of a request; nothing where the head is none. */
    static Optional<List<Header>> request(HttpText.Head head, String scheme) {
        var line = REQUEST_LINE.matcher(head.startLine());
        if (!line.matches()) {
            return Optional.empty();
        }
        var fields = new ArrayList<Header>();
        var host = head.first("host").orElse("");
        var upgrade = head.first("upgrade");
        if (line.group(1).equals("CONNECT")) {
            fields.add(new Header(":method", "CONNECT"));
            fields.add(new Header(":authority", line.group(2)));
        } else {
            fields.add(new Header(":method", upgrade.isPresent() ? "CONNECT" : line.group(1)));
            upgrade.ifPresent(protocol -> fields.add(new Header(":protocol", protocol)));
            fields.add(new Header(":scheme", scheme));
            fields.add(new Header(":authority", host));
            fields.add(new Header(":path", line.group(2)));
        }
        fields.addAll(withoutFraming(head.headers()));
        return Optional.of(fields);
    }

    /** Whether what follows is a tunnel's and has no end of its own. */
    static boolean isTunnel(HttpText.Head request) {
        return request.startLine().startsWith("CONNECT ") || request.first("upgrade").isPresent();
    }

    /** The status of a response; nothing where the head is none. */
    static Optional<Integer> status(HttpText.Head head) {
        var line = STATUS_LINE.matcher(head.startLine());
        return line.matches() ? Optional.of(Integer.parseInt(line.group(1))) : Optional.empty();
    }

    /** The fields of a response. An upgrade is agreed to with 200 (RFC 8441 section 5). */
    static List<Header> response(HttpText.Head head, int status) {
        var fields = new ArrayList<Header>();
        fields.add(new Header(":status", Integer.toString(status == 101 ? 200 : status)));
        fields.addAll(withoutFraming(head.headers()));
        return fields;
    }

    static List<Header> lowerCase(List<Header> headers) {
        return headers.stream()
                .map(each -> new Header(each.name().toLowerCase(Locale.ROOT), each.value()))
                .toList();
    }

    private static List<Header> withoutFraming(List<Header> headers) {
        return lowerCase(headers).stream().filter(each -> !DROPPED.contains(each.name())).toList();
    }
}
