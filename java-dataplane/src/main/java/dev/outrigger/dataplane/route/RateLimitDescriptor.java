// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.message.WireText;
import java.util.List;

/**
 * What a request is counted under. Equal when its entries are, in their order.
 *
 * @param hits how much the request counts
 */
public record RateLimitDescriptor(List<Entry> entries, long hits) {
    public RateLimitDescriptor {
        entries = List.copyOf(entries);
    }

    /** One key and its value. */
    public record Entry(String key, String value) {
        /** Of configured text, so that it equals what requests bring. */
        public static Entry configured(String key, String value) {
            return new Entry(WireText.of(key), WireText.of(value));
        }
    }
}
