// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.WireText;
import org.jspecify.annotations.Nullable;

/** A header of a request as text, by Envoy's names: what HTTP/2 has apart is a header too. */
@FunctionalInterface
interface RequestText {
    /** {@code null} when it is absent. */
    @Nullable String read(RequestHead head);

    /** All its lines with a comma between. */
    static RequestText joined(String name) {
        byte[] stored = stored(name);
        return apart(name, head -> joined(head.headers(), stored));
    }

    /** Its first line alone. */
    static RequestText first(String name) {
        byte[] stored = stored(name);
        return apart(
                name,
                head -> {
                    int entry = head.headers().find(stored, 0);
                    return entry < 0 ? null : head.headers().value(entry);
                });
    }

    private static RequestText apart(String name, RequestText stored) {
        return switch (Ascii.lower(name)) {
            case ":path" -> head -> head.pathLength() == 0 ? null : head.path();
            case ":method" -> RequestHead::methodText;
            case ":scheme" -> RequestHead::scheme;
            default -> stored;
        };
    }

    private static byte[] stored(String name) {
        String lower = Ascii.lower(name);
        return WireText.bytes(lower.equals(":authority") ? "host" : lower);
    }

    private static @Nullable String joined(HeaderBlock headers, byte[] name) {
        int entry = headers.find(name, 0);
        if (entry < 0) {
            return null;
        }
        int next = headers.find(name, entry + 1);
        if (next < 0) {
            return headers.value(entry);
        }
        var text = new StringBuilder(headers.value(entry));
        for (; next >= 0; next = headers.find(name, next + 1)) {
            text.append(',').append(headers.value(next));
        }
        return text.toString();
    }
}
