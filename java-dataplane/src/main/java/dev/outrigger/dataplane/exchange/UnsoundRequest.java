// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.filter.LocalReply;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseFlag;
import dev.outrigger.dataplane.message.SoundHeaders;
import dev.outrigger.dataplane.telemetry.JsonText;
import org.jspecify.annotations.Nullable;

/** A request that configuration has made one no codec sends, and what is answered instead. */
final class UnsoundRequest {
    private UnsoundRequest() {}

    /** {@code null} where it can be sent. */
    static @Nullable LocalReply refusal(RequestHead head) {
        if (!head.headers().isDoubted()) {
            return null;
        }
        String problem = problem(head);
        return problem == null
                ? null
                : LocalReply.of(
                                503,
                                problem,
                                "filter_removed_required_request_headers{"
                                        + problem.replace(' ', '_')
                                        + "}")
                        .withFlagAfterwards(ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR);
    }

    /**
     * The first header that is not as it must be, in Envoy's words; what HTTP/2 has for the first
     * line comes before the others.
     */
    private static @Nullable String problem(RequestHead head) {
        HeaderBlock headers = head.headers();
        int host = headers.find(KnownHeader.HOST);
        if (host >= 0 && !isValue(headers, host)) {
            return unsoundValue(":authority");
        }
        if (!SoundHeaders.isValue(headers.data(), head.pathOffset(), head.pathLength())) {
            return unsoundValue(":path");
        }
        for (int i = 0; i < headers.limit(); i++) {
            if (!headers.isLive(i)) {
                continue;
            }
            if (headers.id(i) == KnownHeader.UNKNOWN
                    && !SoundHeaders.isName(
                            headers.data(), headers.nameOffset(i), headers.nameLength(i))) {
                return "invalid header name: " + escaped(headers.name(i));
            }
            if (!isValue(headers, i)) {
                return unsoundValue(escaped(headers.name(i)));
            }
        }
        return null;
    }

    private static boolean isValue(HeaderBlock headers, int entry) {
        return SoundHeaders.isValue(
                headers.data(), headers.valueOffset(entry), headers.valueLength(entry));
    }

    private static String unsoundValue(String name) {
        return "invalid header value for: " + name;
    }

    /** Names may hold anything; Envoy quotes them as JSON does. */
    private static String escaped(String name) {
        String quoted = JsonText.quote(name);
        return quoted.substring(1, quoted.length() - 1);
    }
}
