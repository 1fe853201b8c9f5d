// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.outrigger.dataplane.config.RouteActionConfig.HostRewrite;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.SoundHeaders;
import dev.outrigger.dataplane.message.WireText;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a route makes of the host before one is chosen (B6, B7). Immutable. */
@FunctionalInterface
public interface HostRewriter {
    /** The new host, or {@code null} when it stays. */
    byte @Nullable [] rewrite(RequestHead head);

    HostRewriter NONE = head -> null;

    static HostRewriter of(HostRewrite config) {
        return switch (config) {
            // The endpoint's name is known only when one is chosen.
            case HostRewrite.None _, HostRewrite.Auto _ -> NONE;
            case HostRewrite.Literal(String host) -> {
                byte[] bytes = WireText.bytes(host);
                yield head -> bytes;
            }
            case HostRewrite.Header(String header) -> {
                byte[] name = WireText.bytes(header);
                yield head -> {
                    HeaderBlock headers = head.headers();
                    int entry = headers.find(name, 0);
                    return entry < 0 || headers.valueLength(entry) == 0
                            ? null
                            : Ascii.bytes(headers.value(entry));
                };
            }
            case HostRewrite.PathRegex(var regex) -> {
                var rewrite = new RegexRewrite(regex);
                yield head -> {
                    String path =
                            new String(
                                    head.headers().data(),
                                    head.pathOffset(),
                                    head.pathLengthWithoutQuery(),
                                    ISO_8859_1);
                    String host = rewrite.replaceAll(path);
                    return host.isEmpty() ? null : Ascii.bytes(host);
                };
            }
        };
    }

    /**
     * Replaces the host and remembers the old one.
     *
     * @param appendForwardedHost {@code append_x_forwarded_host}
     * @param keepOriginal whether {@code x-envoy-original-host} is set
     */
    static void replace(
            HeaderBlock headers, byte[] host, boolean appendForwardedHost, boolean keepOriginal) {
        int entry = headers.find(KnownHeader.HOST);
        byte[] old =
                entry < 0
                        ? new byte[0]
                        : Arrays.copyOfRange(
                                headers.data(),
                                headers.valueOffset(entry),
                                headers.valueOffset(entry) + headers.valueLength(entry));
        if (keepOriginal) {
            headers.set(KnownHeader.ENVOY_ORIGINAL_HOST, old);
        }
        if (appendForwardedHost && old.length > 0) {
            int forwarded = headers.find(KnownHeader.X_FORWARDED_HOST);
            if (forwarded < 0) {
                headers.add(KnownHeader.X_FORWARDED_HOST, old);
            } else if (!isLast(headers, forwarded, old)) {
                headers.join(forwarded, new byte[] {','}, old);
            }
        }
        if (!SoundHeaders.isValue(host)) {
            headers.doubt();
        }
        headers.set(KnownHeader.HOST, host);
    }

    /** Whether the list ends with the host already; empty elements do not count. */
    private static boolean isLast(HeaderBlock headers, int forwarded, byte[] host) {
        byte[] data = headers.data();
        int start = headers.valueOffset(forwarded);
        int end = start + headers.valueLength(forwarded);
        while (end > start && data[end - 1] == ',') {
            end--;
        }
        int from = end;
        while (from > start && data[from - 1] != ',') {
            from--;
        }
        // Nothing but commas is left alone, too.
        return from == end || Arrays.equals(data, from, end, host, 0, host.length);
    }
}
