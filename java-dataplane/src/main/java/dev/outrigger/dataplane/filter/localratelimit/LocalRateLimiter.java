// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.localratelimit;

import dev.outrigger.dataplane.filter.localratelimit.LocalRateLimitConfig.Bucket;
import dev.outrigger.dataplane.filter.localratelimit.LocalRateLimitConfig.Descriptor;
import dev.outrigger.dataplane.route.RateLimitDescriptor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The token buckets of one configuration: one for everything, one for each descriptor, and for a
 * descriptor with a value left open one for each value that was seen lately. Any thread.
 */
final class LocalRateLimiter {
    private final @Nullable TokenBucket standard;
    private final boolean alwaysConsumeStandard;
    private final Map<List<RateLimitDescriptor.Entry>, TokenBucket> fixed = new HashMap<>();
    private final List<Open> open = new ArrayList<>();

    /**
     * @param bucket the one whose state the response may tell; {@code null} for none
     */
    record Verdict(boolean allowed, @Nullable TokenBucket bucket) {}

    private record Match(TokenBucket bucket, long hits) {}

    LocalRateLimiter(LocalRateLimitConfig config, LongSupplier nanoTime) {
        standard = config.tokenBucket().map(b -> bucket(b, nanoTime)).orElse(null);
        alwaysConsumeStandard = config.alwaysConsumeDefaultTokenBucket();
        for (Descriptor each : config.descriptors()) {
            if (each.entries().stream().anyMatch(e -> e.value().isEmpty())) {
                open.add(new Open(each, config.maxDynamicDescriptors(), nanoTime));
            } else {
                fixed.put(each.entries(), bucket(each.tokenBucket(), nanoTime));
            }
        }
    }

    private static TokenBucket bucket(Bucket config, LongSupplier nanoTime) {
        return new TokenBucket(
                config.maxTokens(),
                config.tokensPerFill(),
                config.fillInterval().toNanos(),
                nanoTime);
    }

    /** Takes the request's tokens from every bucket it falls under, the slowest first. */
    Verdict requestAllowed(List<RateLimitDescriptor> descriptors) {
        List<Match> matches = descriptors.isEmpty() ? List.of() : matches(descriptors);
        for (Match match : matches) {
            if (!match.bucket().consume(match.hits())) {
                return new Verdict(false, match.bucket());
            }
        }
        TokenBucket first = matches.isEmpty() ? null : matches.getFirst().bucket();
        if (standard == null || (first != null && !alwaysConsumeStandard)) {
            return new Verdict(true, first);
        }
        return standard.consume(1)
                ? new Verdict(true, first == null ? standard : first)
                : new Verdict(false, standard);
    }

    private List<Match> matches(List<RateLimitDescriptor> descriptors) {
        var matches = new ArrayList<Match>();
        for (RateLimitDescriptor descriptor : descriptors) {
            TokenBucket bucket = fixed.get(descriptor.entries());
            for (int i = 0; bucket == null && i < open.size(); i++) {
                bucket = open.get(i).find(descriptor.entries());
            }
            if (bucket != null) {
                matches.add(new Match(bucket, descriptor.hits()));
            }
        }
        matches.sort(Comparator.comparingDouble(m -> m.bucket().tokensPerSecond()));
        return matches;
    }

    /** A descriptor with a value left open. */
    private static final class Open {
        private final Descriptor config;
        private final LongSupplier nanoTime;
        private final Map<List<RateLimitDescriptor.Entry>, TokenBucket> known;

        Open(Descriptor config, int max, LongSupplier nanoTime) {
            this.config = config;
            this.nanoTime = nanoTime;
            this.known =
                    new LinkedHashMap<>(16, 0.75f, true) {
                        private static final long serialVersionUID = 1;

                        @Override
                        protected boolean removeEldestEntry(
                                Map.Entry<List<RateLimitDescriptor.Entry>, TokenBucket> eldest) {
                            return size() > max;
                        }
                    };
        }

        @Nullable TokenBucket find(List<RateLimitDescriptor.Entry> entries) {
            if (!matches(entries)) {
                return null;
            }
            synchronized (known) {
                return known.computeIfAbsent(entries, _ -> bucket(config.tokenBucket(), nanoTime));
            }
        }

        private boolean matches(List<RateLimitDescriptor.Entry> entries) {
            List<RateLimitDescriptor.Entry> wanted = config.entries();
            if (wanted.size() != entries.size()) {
                return false;
            }
            for (int i = 0; i < wanted.size(); i++) {
                RateLimitDescriptor.Entry each = wanted.get(i);
                if (!each.key().equals(entries.get(i).key())
                        || (!each.value().isEmpty()
                                && !each.value().equals(entries.get(i).value()))) {
                    return false;
                }
            }
            return true;
        }
    }
}
