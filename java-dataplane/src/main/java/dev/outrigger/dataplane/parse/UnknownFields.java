// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of fields the descriptors do not know. Confined to who parses. */
public interface UnknownFields {
    /** {@code --reject-unknown-dynamic-fields}. */
    UnknownFields REJECTED = (_, _) -> false;

    /** Nobody hears of them. */
    UnknownFields IGNORED = (_, _) -> true;

    /** Of a file that was looked at when it was read, except for what it says in structs. */
    UnknownFields IN_FILE =
            new UnknownFields() {
                @Override
                public boolean accepts(String types, List<Integer> numbers) {
                    return true;
                }

                @Override
                public boolean acceptsNamed(String fields) {
                    return false;
                }
            };

    /**
     * A message has some.
     *
     * @param types its own and those of the messages around it, from the outermost
     * @param numbers of the fields
     * @return false if they are refused
     */
    boolean accepts(String types, List<Integer> numbers);

    /**
     * JSON in the place of a message has some.
     *
     * @param fields in Envoy's words
     * @return false if they are refused
     */
    default boolean acceptsNamed(String fields) {
        return accepts(fields, List.of());
    }

    /**
     * They are ignored; the first of each kind is logged and counted, as in Envoy.
     *
     * @param count is run for each kind
     */
    static UnknownFields counted(Runnable count) {
        return new Counted(count);
    }

    /** Remembers the kinds it has seen, as far as they are not too many. */
    final class Counted implements UnknownFields {
        private static final Logger log = LoggerFactory.getLogger(UnknownFields.class);
        private static final int MOST_KINDS = 10_000;

        private final Runnable count;
        private final Set<String> seen = new HashSet<>();

        private Counted(Runnable count) {
            this.count = count;
        }

        @Override
        public boolean accepts(String types, List<Integer> numbers) {
            if (seen.size() < MOST_KINDS && seen.add(types + numbers)) {
                log.warn("unknown fields are ignored types={} fields={}", types, numbers);
                count.run();
            }
            return true;
        }
    }
}
