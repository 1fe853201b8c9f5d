// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.config.RouteMatchConfig.QueryParameterMatcherConfig;
import dev.outrigger.dataplane.config.RouteMatchConfig.ValueMatch;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.RequestHead;
import java.util.Arrays;

/** One condition on a query parameter (QM1, QM2): raw bytes, first occurrence. Immutable. */
final class QueryMatcher {
    private final byte[] name;
    private final boolean presence;
    private final boolean expectedPresent;
    private final ValueMatcher value;

    QueryMatcher(QueryParameterMatcherConfig config) {
        name = Ascii.bytes(config.name());
        presence = config.match() instanceof ValueMatch.Present;
        expectedPresent = !(config.match() instanceof ValueMatch.Present(boolean p)) || p;
        value = ValueMatcher.of(config.match());
    }

    boolean matches(RequestHead head) {
        byte[] data = head.headers().data();
        int end = head.pathOffset() + head.pathLength();
        int at = head.pathOffset();
        while (at < end && data[at] != '?') {
            at++;
        }
        at++;
        while (at < end) {
            int stop = at;
            int equals = -1;
            while (stop < end && data[stop] != '&') {
                if (equals < 0 && data[stop] == '=') {
                    equals = stop;
                }
                stop++;
            }
            int nameEnd = equals < 0 ? stop : equals;
            if (Arrays.equals(data, at, nameEnd, name, 0, name.length)) {
                int valueStart = equals < 0 ? stop : equals + 1;
                return presence
                        ? expectedPresent
                        : value.matches(data, valueStart, stop - valueStart);
            }
            at = stop + 1;
        }
        return presence && !expectedPresent;
    }
}
