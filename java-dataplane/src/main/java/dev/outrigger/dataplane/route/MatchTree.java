// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.config.CidrRange;
import dev.outrigger.dataplane.config.MatchTreeConfig;
import dev.outrigger.dataplane.config.MatchTreeConfig.FieldMatch;
import dev.outrigger.dataplane.config.MatchTreeConfig.IpRange;
import dev.outrigger.dataplane.config.MatchTreeConfig.Kind;
import dev.outrigger.dataplane.config.MatchTreeConfig.OnMatch;
import dev.outrigger.dataplane.config.RouteConfig;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.WireText;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The {@code matcher} of a virtual host, compiled: finds the routes to look at. Immutable. */
final class MatchTree {
    /** What makes the parts a tree is compiled to. */
    record Parts(Function<RouteConfig, Route> routes, Function<String, Counter> counters) {}

    /** A step: {@code null} when it comes to nothing. */
    private interface Step {
        Route @Nullable [] find(RequestHead head, RouteContext context);
    }

    private final Step root;

    private MatchTree(Step root) {
        this.root = root;
    }

    static MatchTree of(MatchTreeConfig config, Parts parts) {
        return new MatchTree(compile(config, parts));
    }

    /** The routes whose own matches decide; {@code null} for none. */
    Route @Nullable [] find(RequestHead head, RouteContext context) {
        return root.find(head, context);
    }

    private static Step compile(MatchTreeConfig config, Parts parts) {
        Step first =
                switch (config.kind()) {
                    case Kind.Empty() -> (head, context) -> null;
                    case Kind.FirstOf(var matchers) -> firstOf(matchers, parts);
                    case Kind.ExactMap(var input, var map) ->
                            exact(MatchInputs.of(input), steps(map, parts));
                    case Kind.PrefixMap(var input, var map) ->
                            prefix(MatchInputs.of(input), steps(map, parts));
                    case Kind.IpRanges(var input, var ranges) ->
                            ranges(MatchInputs.of(input), ranges, parts);
                    case Kind.Domains(var input, var domains) ->
                            domains(MatchInputs.of(input), steps(domains, parts));
                };
        Optional<Step> otherwise = config.onNoMatch().map(each -> step(each, parts));
        if (otherwise.isEmpty()) {
            return first;
        }
        Step last = otherwise.get();
        return (head, context) -> {
            Route[] found = first.find(head, context);
            return found == null ? last.find(head, context) : found;
        };
    }

    private static Step step(OnMatch config, Parts parts) {
        return switch (config) {
            case OnMatch.Nested(var matcher) -> compile(matcher, parts);
            case OnMatch.Routes(var configs) -> {
                Route[] routes = configs.stream().map(parts.routes()).toArray(Route[]::new);
                yield (head, context) -> routes;
            }
        };
    }

    private static Map<String, Step> steps(Map<String, OnMatch> map, Parts parts) {
        var steps = new HashMap<String, Step>();
        map.forEach((key, onMatch) -> steps.put(WireText.of(key), step(onMatch, parts)));
        return steps;
    }

    private static Step firstOf(List<FieldMatch> matchers, Parts parts) {
        int count = matchers.size();
        var conditions = new MatchInputs.Condition[count];
        var steps = new Step[count];
        for (int i = 0; i < count; i++) {
            conditions[i] = MatchInputs.of(matchers.get(i).predicate(), parts.counters());
            steps[i] = step(matchers.get(i).onMatch(), parts);
        }
        return (head, context) -> {
            for (int i = 0; i < count; i++) {
                if (conditions[i].holds(head, context)) {
                    Route[] found = steps[i].find(head, context);
                    if (found != null) {
                        return found;
                    }
                }
            }
            return null;
        };
    }

    private static Step exact(RequestText input, Map<String, Step> map) {
        return (head, context) -> {
            String text = input.read(head);
            Step step = text == null ? null : map.get(text);
            return step == null ? null : step.find(head, context);
        };
    }

    private record Prefix(String text, Step step) {}

    private static Step prefix(RequestText input, Map<String, Step> map) {
        Prefix[] longestFirst =
                map.entrySet().stream()
                        .map(each -> new Prefix(each.getKey(), each.getValue()))
                        .sorted(Comparator.comparingInt((Prefix p) -> p.text().length()).reversed())
                        .toArray(Prefix[]::new);
        return (head, context) -> {
            String text = input.read(head);
            if (text == null) {
                return null;
            }
            for (Prefix each : longestFirst) {
                if (text.startsWith(each.text())) {
                    Route[] found = each.step().find(head, context);
                    if (found != null) {
                        return found;
                    }
                }
            }
            return null;
        };
    }

    private record Range(CidrRange range, boolean exclusive, Step step) {}

    private static Step ranges(RequestText input, List<IpRange> configs, Parts parts) {
        var all = new ArrayList<Range>();
        for (IpRange config : configs) {
            Step step = step(config.onMatch(), parts);
            for (CidrRange range : config.ranges()) {
                all.add(new Range(range, config.exclusive(), step));
            }
        }
        // Stable: of equally narrow ones the first counts.
        all.sort(Comparator.comparingInt((Range r) -> r.range().length()).reversed());
        Range[] narrowestFirst = all.toArray(Range[]::new);
        return (head, context) -> {
            InetAddress address = MatchInputs.address(input.read(head));
            boolean first = true;
            for (Range each : narrowestFirst) {
                if (address == null || !MatchInputs.contains(each.range(), address)) {
                    continue;
                }
                // An exclusive range counts only where no narrower one was looked at.
                if (first || !each.exclusive()) {
                    Route[] found = each.step().find(head, context);
                    if (found != null) {
                        return found;
                    }
                }
                first = false;
            }
            return null;
        };
    }

    private static Step domains(RequestText input, Map<String, Step> domains) {
        return (head, context) -> {
            String name = input.read(head);
            if (name == null || name.isEmpty()) {
                return null;
            }
            Route[] found = find(domains.get(name), head, context);
            int dot = name.indexOf('.');
            while (found == null && dot >= 0) {
                found = find(domains.get("*" + name.substring(dot)), head, context);
                dot = name.indexOf('.', dot + 1);
            }
            return found == null ? find(domains.get("*"), head, context) : found;
        };
    }

    private static Route @Nullable [] find(
            @Nullable Step step, RequestHead head, RouteContext context) {
        return step == null ? null : step.find(head, context);
    }
}
