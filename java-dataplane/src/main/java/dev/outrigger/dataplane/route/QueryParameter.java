// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.WireText;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The first query parameter of a name, raw (QM1). Immutable. */
final class QueryParameter {
    private final byte[] name;

    /** Takes what was found: a range of the head's bytes. */
    @FunctionalInterface
    interface Visitor {
        boolean visit(byte[] data, int offset, int length);
    }

    QueryParameter(String name) {
        this.name = WireText.bytes(name);
    }

    /** Asks the visitor about the value; without the parameter the answer is {@code missing}. */
    boolean test(RequestHead head, boolean missing, Visitor visitor) {
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
                return visitor.visit(data, valueStart, stop - valueStart);
            }
            at = stop + 1;
        }
        return missing;
    }

    /** A copy of the value, or {@code null}. */
    byte @Nullable [] value(RequestHead head) {
        byte[][] found = new byte[1][];
        boolean present =
                test(
                        head,
                        false,
                        (data, offset, length) -> {
                            found[0] = Arrays.copyOfRange(data, offset, offset + length);
                            return true;
                        });
        return present ? found[0] : null;
    }
}
