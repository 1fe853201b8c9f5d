// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.config.HeaderEdits;
import dev.outrigger.dataplane.config.MetadataCriteria;
import dev.outrigger.dataplane.config.RouteActionConfig.ClusterSpecifier;
import dev.outrigger.dataplane.config.RouteActionConfig.Forward;
import dev.outrigger.dataplane.config.RouteActionConfig.WeightedCluster;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.WireText;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which cluster a route sends to (3.1): one, by weight, or what a header says. Immutable. */
public final class ClusterChoice {
    static final ClusterChoice NOWHERE = new ClusterChoice(new Target[0], "", "", 0);

    private final Target[] targets;
    private final byte[] randomHeader;
    private final String runtimeKeyPrefix;
    private final long totalWeight;

    /**
     * One cluster a route can send to, with what holds for that choice.
     *
     * @param name empty when {@code nameHeader} says it
     * @param host replaces the host before the route's own rewriting; empty for none
     * @param metadata what the host's metadata must say, the route's and the choice's merged
     * @param ownRequestEditor the choice's edits, which still see the host it replaces
     * @param requestEditor the edits of the levels above
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared; read as bytes on the hot path
    public record Target(
            String name,
            byte[] nameHeader,
            long weight,
            byte[] host,
            @Nullable MetadataCriteria metadata,
            HeaderEditor ownRequestEditor,
            HeaderEditor requestEditor,
            HeaderEditor responseEditor,
            PerFilterConfigs filters) {
        /** The cluster for this request; empty when the header is not there. */
        public String cluster(RequestHead head) {
            if (nameHeader.length == 0) {
                return name;
            }
            int entry = head.headers().find(nameHeader, 0);
            return entry < 0 ? "" : WireText.configured(head.headers().value(entry));
        }
    }

    private ClusterChoice(
            Target[] targets, String randomHeader, String runtimeKeyPrefix, long totalWeight) {
        this.targets = targets;
        this.randomHeader = WireText.bytes(randomHeader);
        this.runtimeKeyPrefix = runtimeKeyPrefix;
        this.totalWeight = totalWeight;
    }

    /**
     * @param filters what the levels above and that of a choice say for filters
     */
    static ClusterChoice of(
            Forward forward,
            HeaderLevels edits,
            Function<PerFilterConfigs.Level, PerFilterConfigs> filters,
            PerFilterConfigs.Compiler compiler) {
        return switch (forward.cluster()) {
            case ClusterSpecifier.Single(String cluster) ->
                    one(target(cluster, "", forward, edits, filters));
            case ClusterSpecifier.Header(String header) ->
                    one(target("", header, forward, edits, filters));
            case ClusterSpecifier.Weighted(var clusters, long total, var header, var runtime) ->
                    new ClusterChoice(
                            clusters.stream()
                                    .map(each -> target(each, forward, edits, filters, compiler))
                                    .toArray(Target[]::new),
                            header,
                            runtime,
                            total);
            case ClusterSpecifier.Nowhere() -> NOWHERE;
        };
    }

    private static ClusterChoice one(Target target) {
        return new ClusterChoice(new Target[] {target}, "", "", 1);
    }

    private static Target target(
            String name,
            String header,
            Forward forward,
            HeaderLevels edits,
            Function<PerFilterConfigs.Level, PerFilterConfigs> filters) {
        return new Target(
                name,
                WireText.bytes(header),
                1,
                new byte[0],
                forward.metadataMatch().orElse(null),
                HeaderEditor.NONE,
                edits.request(),
                edits.response(HeaderEdits.NONE),
                filters.apply(PerFilterConfigs.Level.EMPTY));
    }

    private static Target target(
            WeightedCluster choice,
            Forward forward,
            HeaderLevels edits,
            Function<PerFilterConfigs.Level, PerFilterConfigs> filters,
            PerFilterConfigs.Compiler compiler) {
        Optional<MetadataCriteria> metadata =
                forward.metadataMatch()
                        .map(route -> choice.metadataMatch().map(route::mergedWith).orElse(route))
                        .or(choice::metadataMatch);
        return new Target(
                choice.name(),
                WireText.bytes(choice.clusterHeader()),
                choice.weight(),
                WireText.bytes(choice.hostRewriteLiteral()),
                metadata.orElse(null),
                HeaderEditor.of(List.of(choice.requestHeaders())),
                edits.request(),
                edits.response(choice.responseHeaders()),
                filters.apply(new PerFilterConfigs.Level(choice.perFilterConfigs(), compiler)));
    }

    /** The choice for this request (A3); {@code null} when every weight is zero at run time. */
    @Nullable Target choose(RequestHead head, RouteContext context) {
        if (targets.length <= 1 && runtimeKeyPrefix.isEmpty()) {
            return targets.length == 0 ? null : targets[0];
        }
        long total = runtimeKeyPrefix.isEmpty() ? totalWeight : totalAtRunTime(context);
        if (total == 0) {
            return null;
        }
        long left = Long.remainderUnsigned(draw(head, context), total);
        for (Target target : targets) {
            left -= weight(target, context);
            if (left < 0) {
                return target;
            }
        }
        return null;
    }

    private long totalAtRunTime(RouteContext context) {
        long total = 0;
        for (Target target : targets) {
            total += weight(target, context);
        }
        return total;
    }

    private long weight(Target target, RouteContext context) {
        return runtimeKeyPrefix.isEmpty()
                ? target.weight()
                : context.integer(runtimeKeyPrefix + '.' + target.name(), target.weight());
    }

    /** The number the request brings with it, if it is one and the only one; else a random one. */
    private long draw(RequestHead head, RouteContext context) {
        if (randomHeader.length > 0) {
            int entry = head.headers().find(randomHeader, 0);
            if (entry >= 0 && head.headers().find(randomHeader, entry + 1) < 0) {
                long value = head.headers().decimal(entry);
                if (value >= 0) {
                    return value;
                }
            }
        }
        return context.random();
    }
}
