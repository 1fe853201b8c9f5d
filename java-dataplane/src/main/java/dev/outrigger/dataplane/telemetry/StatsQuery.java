// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import com.google.re2j.Pattern;
import java.util.Optional;

/**
 * What an admin client asks of the stats.
 *
 * @param usedOnly leaves out what was never written
 * @param filter RE2, found anywhere in the name
 * @param invertFilter keeps what the filter does not find
 * @param hidden which of hidden and other stats; none is ever hidden here
 * @param textReadouts whether the Prometheus format shows text readouts
 */
public record StatsQuery(
        boolean usedOnly,
        Optional<Pattern> filter,
        boolean invertFilter,
        Type type,
        Buckets buckets,
        Hidden hidden,
        boolean textReadouts) {
    public static final StatsQuery ALL =
            new StatsQuery(
                    false,
                    Optional.empty(),
                    false,
                    Type.ALL,
                    Buckets.SUMMARY,
                    Hidden.EXCLUDE,
                    false);

    boolean wants(String name, boolean used) {
        if (hidden == Hidden.ONLY || (usedOnly && !used)) {
            return false;
        }
        return filter.isEmpty() || filter.get().matcher(name).find() != invertFilter;
    }

    boolean wants(Type kind) {
        return type == Type.ALL || type == kind;
    }

    /** {@code ?type=}. */
    public enum Type {
        ALL,
        COUNTERS,
        GAUGES,
        HISTOGRAMS,
        TEXT_READOUTS
    }

    /** {@code ?histogram_buckets=}. */
    public enum Buckets {
        SUMMARY,
        CUMULATIVE,
        DISJOINT,
        DETAILED
    }

    /** {@code ?hidden=}. */
    public enum Hidden {
        INCLUDE,
        ONLY,
        EXCLUDE
    }
}
