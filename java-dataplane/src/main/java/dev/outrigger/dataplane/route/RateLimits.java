// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.accesslog.FormatString;
import dev.outrigger.dataplane.config.RateLimitConfig;
import dev.outrigger.dataplane.config.RateLimitConfig.HitsAddend;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The {@code rate_limits} of one place, compiled. Immutable. */
public final class RateLimits {
    public static final RateLimits NONE = new RateLimits(List.of());

    private final List<Limit> limits;

    private RateLimits(List<Limit> limits) {
        this.limits = List.copyOf(limits);
    }

    public static RateLimits of(List<RateLimitConfig> configs) {
        return configs.isEmpty() ? NONE : new RateLimits(configs.stream().map(Limit::new).toList());
    }

    public boolean isEmpty() {
        return limits.isEmpty();
    }

    /**
     * Adds the descriptors of a request.
     *
     * @param stage only limits of this stage are asked; -1 for all of them
     */
    public void describe(int stage, Request request, List<RateLimitDescriptor> into) {
        for (Limit limit : limits) {
            // Envoy takes a limit with a disable key as disabled here, whatever the key says.
            boolean wanted = stage < 0 || (limit.stage == stage && limit.disableKey.isEmpty());
            RateLimitDescriptor descriptor = wanted ? limit.describe(request, stage < 0) : null;
            if (descriptor != null) {
                into.add(descriptor);
            }
        }
    }

    /**
     * What is looked at to describe a request.
     *
     * @param sourceCluster this proxy's {@code --service-cluster}
     * @param destinationCluster the cluster the route has chosen
     */
    public record Request(
            FormatContext context,
            String sourceCluster,
            String destinationCluster,
            @Nullable Route route) {}

    private static final class Limit {
        private static final double MAX_HITS = 1e9;

        private final int stage;
        private final String disableKey;
        private final RateLimitAction[] actions;
        private final long fixedHits;
        private final @Nullable FormatString hits;

        Limit(RateLimitConfig config) {
            stage = config.stage();
            disableKey = config.disableKey();
            actions =
                    config.actions().stream()
                            .map(RateLimitAction::of)
                            .toArray(RateLimitAction[]::new);
            HitsAddend addend = config.hitsAddend().orElse(new HitsAddend.Fixed(1));
            switch (addend) {
                case HitsAddend.Fixed(long number) -> {
                    fixedHits = number;
                    hits = null;
                }
                case HitsAddend.Format(String format) -> {
                    fixedHits = 1;
                    hits = FormatString.parse(format, false);
                }
            }
        }

        /**
         * @param weighted whether the request may count as several: not by routes' limits
         *     (observed)
         */
        @Nullable RateLimitDescriptor describe(Request request, boolean weighted) {
            var entries = new ArrayList<RateLimitDescriptor.Entry>(actions.length);
            for (RateLimitAction action : actions) {
                if (!action.describe(request, entries)) {
                    return null;
                }
            }
            long count = weighted ? hits(request.context()) : 1;
            return entries.isEmpty() || count < 0 ? null : new RateLimitDescriptor(entries, count);
        }

        /** -1 when the format does not render a number. */
        private long hits(FormatContext context) {
            if (hits == null) {
                return fixedHits;
            }
            try {
                double number = Double.parseDouble(hits.render(context));
                return number >= 0 && number < MAX_HITS ? (long) number : -1;
            } catch (NumberFormatException _) {
                return -1;
            }
        }
    }
}
