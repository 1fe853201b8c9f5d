// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.config.RouteMatchConfig.HeaderMatcherConfig;
import dev.outrigger.dataplane.config.RouteMatchConfig.ValueMatch;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.WireText;
import java.util.List;

/** One condition on the headers of a message (HM1..HM7), compiled. Immutable. */
public final class HeaderMatcher {
    private static final byte[] EMPTY = {};
    private static final byte[] HTTP = Ascii.bytes("http");
    private static final byte[] HTTPS = Ascii.bytes("https");

    private final byte[] name;
    private final String nameText;
    private final int id;
    private final boolean invert;
    private final boolean missingAsEmpty;
    private final boolean presence;
    private final boolean expectedPresent;
    private final ValueMatcher value;

    private HeaderMatcher(HeaderMatcherConfig config) {
        String lower = Ascii.lower(config.name());
        nameText = lower.equals("host") ? ":authority" : lower;
        name = WireText.bytes(nameText.equals(":authority") ? "host" : lower);
        id = KnownHeader.of(name);
        invert = config.invert();
        missingAsEmpty = config.treatMissingAsEmpty();
        presence = config.match() instanceof ValueMatch.Present;
        expectedPresent = !(config.match() instanceof ValueMatch.Present(boolean p)) || p;
        value = ValueMatcher.of(config.match());
    }

    public static HeaderMatcher of(HeaderMatcherConfig config) {
        return new HeaderMatcher(config);
    }

    public static HeaderMatcher[] all(List<HeaderMatcherConfig> configs) {
        return configs.stream().map(HeaderMatcher::new).toArray(HeaderMatcher[]::new);
    }

    /** Whether every condition holds. */
    public static boolean allMatch(HeaderMatcher[] matchers, RequestHead head) {
        for (HeaderMatcher matcher : matchers) {
            if (!matcher.matches(head)) {
                return false;
            }
        }
        return true;
    }

    public boolean matches(RequestHead head) {
        if (name.length > 0 && name[0] == ':') {
            byte[] text =
                    switch (nameText) {
                        case ":path" -> Ascii.bytes(head.path());
                        case ":method" -> Ascii.bytes(head.methodText());
                        case ":scheme" -> head.isHttps() ? HTTPS : HTTP;
                        default -> EMPTY;
                    };
            return text.length == 0 ? absent() : present(text, 0, text.length);
        }
        return matches(head.headers());
    }

    /** For messages without pseudo headers. */
    public boolean matches(HeaderBlock headers) {
        int entry = id > 0 ? headers.find(id) : headers.find(name, 0);
        if (entry < 0) {
            return absent();
        }
        if (presence) {
            return expectedPresent != invert;
        }
        // Each line is judged alone, and one hit is enough (HM2).
        for (; entry >= 0; entry = headers.find(name, entry + 1)) {
            if (value.matches(
                    headers.data(), headers.valueOffset(entry), headers.valueLength(entry))) {
                return !invert;
            }
        }
        return invert;
    }

    private boolean present(byte[] text, int offset, int length) {
        return presence ? expectedPresent != invert : value.matches(text, offset, length) != invert;
    }

    /** A missing header fails every value condition, even an inverted one (HM3). */
    private boolean absent() {
        if (presence) {
            // Treated as empty, it counts as being there (observed).
            return missingAsEmpty ? expectedPresent != invert : expectedPresent == invert;
        }
        return missingAsEmpty && value.matches(EMPTY, 0, 0) != invert;
    }
}
