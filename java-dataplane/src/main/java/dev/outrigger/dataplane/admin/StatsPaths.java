// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.outrigger.dataplane.admin.AdminRoute.Parameter;
import dev.outrigger.dataplane.telemetry.PrometheusExport;
import dev.outrigger.dataplane.telemetry.StatsExport;
import dev.outrigger.dataplane.telemetry.StatsQuery;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code /stats} and what is below it, and {@code /reset_counters} (AD8). */
final class StatsPaths {
    private static final String BUCKETS_USAGE =
            "usage: /stats?histogram_buckets=(cumulative|disjoint|detailed|summary|"
                    + "prometheusnative)\n";
    private static final String FORMAT_USAGE =
            "usage: /stats?format=(html|active-html|json|prometheus|text)\n\n";
    private static final String HIDDEN_USAGE = "usage: /stats?hidden=(include|only|exclude)\n\n";

    /** How often a page that keeps itself current asks again. */
    private static final int ACTIVE_SECONDS = 5;

    private static final Parameter USED_ONLY =
            Parameter.flag(
                    "usedonly",
                    "Only include stats that have been written by system since restart");
    private static final Parameter FILTER =
            Parameter.text("filter", "Regular expression (Google re2) for filtering stats");
    private static final Parameter INVERT_FILTER =
            Parameter.flag("invert_filter", "Invert the filter regex");
    private static final List<Parameter> PARAMETERS =
            List.of(
                    USED_ONLY,
                    FILTER,
                    INVERT_FILTER,
                    Parameter.choice(
                            "format", "Format to use", "html", "active-html", "text", "json"),
                    Parameter.choice(
                            "type",
                            "Stat types to include.",
                            "All",
                            "Counters",
                            "Histograms",
                            "Gauges",
                            "TextReadouts"),
                    Parameter.choice(
                            "histogram_buckets",
                            "Histogram bucket display mode",
                            "cumulative",
                            "disjoint",
                            "detailed",
                            "summary"));

    private final StatsStore stats;
    private final ProcessActions actions;

    StatsPaths(StatsStore stats, ProcessActions actions) {
        this.stats = stats;
        this.actions = actions;
    }

    List<AdminRoute> routes() {
        return List.of(
                AdminRoute.get(
                        "/stats",
                        "print server stats",
                        this::stats,
                        PARAMETERS.toArray(Parameter[]::new)),
                AdminRoute.get(
                        "/stats/prometheus",
                        "print server stats in prometheus format",
                        this::scrape,
                        USED_ONLY,
                        Parameter.flag(
                                "text_readouts", "Render text_readouts as gauges with value 0"),
                        FILTER,
                        INVERT_FILTER,
                        Parameter.choice(
                                "histogram_buckets",
                                "Histogram bucket display mode",
                                "cumulative",
                                "summary")),
                AdminRoute.get(
                        "/stats/recentlookups",
                        "Show recent stat-name lookups",
                        _ -> recentLookups()),
                AdminRoute.post(
                        "/stats/recentlookups/clear",
                        "clear list of stat-name lookups and counter",
                        _ -> done(stats.recentLookups()::clear)),
                AdminRoute.post(
                        "/stats/recentlookups/disable",
                        "disable recording of reset stat-name lookup names",
                        _ -> done(() -> stats.recentLookups().enable(false))),
                AdminRoute.post(
                        "/stats/recentlookups/enable",
                        "enable recording of reset stat-name lookup names",
                        _ -> done(() -> stats.recentLookups().enable(true))),
                AdminRoute.post(
                        "/reset_counters",
                        "reset all counters to zero",
                        _ -> done(stats::resetCounters)));
    }

    private static AdminResponse done(Runnable task) {
        task.run();
        return AdminResponse.ok();
    }

    private AdminResponse recentLookups() {
        var lookups = stats.recentLookups();
        var out = new StringBuilder();
        if (lookups.isEnabled()) {
            out.append("   Count Lookup\n");
            lookups.recent()
                    .forEach(each ->
                            out.append(
                                    String.format(
                                            Locale.ROOT,
                                            "%8d %s%n",
                                            each.getValue(),
                                            each.getKey())));
        } else {
            out.append(
                    "Lookup tracking is not enabled. Use /stats/recentlookups/enable to"
                            + " enable.\n");
        }
        return AdminResponse.text(200, out + "\ntotal: " + lookups.total() + "\n");
    }

    private AdminResponse stats(Query query) {
        actions.onStatsRead();
        String format = query.find("format").orElse("text");
        StatsQuery wanted;
        try {
            wanted = parse(query, StatsQuery.Buckets.SUMMARY, format.equals("prometheus"));
        } catch (BadQueryException e) {
            return AdminResponse.text(400, e.message);
        }
        return switch (format) {
            case "text" -> AdminResponse.text(StatsExport.text(stats, wanted));
            case "json" -> AdminResponse.json(StatsExport.json(stats, wanted));
            case "prometheus" -> prometheus(query);
            case "html" -> page(query, wanted, 0);
            case "active-html" -> page(query, wanted, ACTIVE_SECONDS);
            default -> AdminResponse.text(400, FORMAT_USAGE);
        };
    }

    private AdminResponse page(Query query, StatsQuery wanted, int reloadSeconds) {
        return AdminResponse.html(
                AdminHome.stats(query, PARAMETERS, StatsExport.text(stats, wanted), reloadSeconds));
    }

    private AdminResponse scrape(Query query) {
        actions.onStatsRead();
        return prometheus(query);
    }

    private AdminResponse prometheus(Query query) {
        try {
            return AdminResponse.text(
                    PrometheusExport.text(
                            stats, parse(query, StatsQuery.Buckets.CUMULATIVE, true)));
        } catch (BadQueryException e) {
            return AdminResponse.text(400, e.message);
        }
    }

    private static StatsQuery parse(
            Query query, StatsQuery.Buckets byDefault, boolean forPrometheus)
            throws BadQueryException {
        return new StatsQuery(
                query.has("usedonly"),
                filter(query),
                query.has("invert_filter"),
                type(query.find("type").orElse("All")),
                buckets(query.find("histogram_buckets"), byDefault, forPrometheus),
                hidden(query.find("hidden").orElse("exclude")),
                query.has("text_readouts"));
    }

    private static Optional<Pattern> filter(Query query) throws BadQueryException {
        var regex = query.find("filter");
        try {
            return regex.map(Pattern::compile);
        } catch (PatternSyntaxException e) {
            throw new BadQueryException("Invalid re2 regex: " + Re2Errors.text(e));
        }
    }

    private static StatsQuery.Type type(String name) throws BadQueryException {
        return switch (name) {
            case "All" -> StatsQuery.Type.ALL;
            case "Counters" -> StatsQuery.Type.COUNTERS;
            case "Gauges" -> StatsQuery.Type.GAUGES;
            case "Histograms" -> StatsQuery.Type.HISTOGRAMS;
            case "TextReadouts" -> StatsQuery.Type.TEXT_READOUTS;
            default -> throw new BadQueryException("invalid &type= param");
        };
    }

    private static StatsQuery.Hidden hidden(String name) throws BadQueryException {
        return switch (name) {
            case "include" -> StatsQuery.Hidden.INCLUDE;
            case "only" -> StatsQuery.Hidden.ONLY;
            case "exclude" -> StatsQuery.Hidden.EXCLUDE;
            default -> throw new BadQueryException(HIDDEN_USAGE);
        };
    }

    /** Native histograms are a matter of Prometheus' binary format, which is not offered. */
    private static StatsQuery.Buckets buckets(
            Optional<String> name, StatsQuery.Buckets byDefault, boolean forPrometheus)
            throws BadQueryException {
        StatsQuery.Buckets wanted =
                switch (name.orElse("")) {
                    case "" -> byDefault;
                    case "summary", "none" -> StatsQuery.Buckets.SUMMARY;
                    case "cumulative" -> StatsQuery.Buckets.CUMULATIVE;
                    case "disjoint" -> StatsQuery.Buckets.DISJOINT;
                    case "detailed" -> StatsQuery.Buckets.DETAILED;
                    case "prometheusnative" ->
                            throw new BadQueryException(
                                    forPrometheus
                                            ? "unsupported prometheusnative histogram type when not"
                                                    + " using protobuf exposition format"
                                            : "Invalid histogram_buckets type for non prometheus"
                                                    + " stats type");
                    default -> throw new BadQueryException(BUCKETS_USAGE);
                };
        boolean cut =
                wanted == StatsQuery.Buckets.DISJOINT || wanted == StatsQuery.Buckets.DETAILED;
        if (forPrometheus && cut) {
            throw new BadQueryException("unsupported prometheus histogram bucket mode");
        }
        return wanted;
    }

    /** A parameter no client of Envoy may use either; the message is Envoy's. */
    private static final class BadQueryException extends Exception {
        private static final long serialVersionUID = 1L;
        private final String message;

        BadQueryException(String message) {
            super(message);
            this.message = message;
        }
    }
}
