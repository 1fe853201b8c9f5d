// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.outrigger.dataplane.telemetry.PrometheusExport;
import dev.outrigger.dataplane.telemetry.StatsExport;
import dev.outrigger.dataplane.telemetry.StatsQuery;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.util.Optional;

/** {@code /stats} and {@code /stats/prometheus} (AD8). */
final class StatsPaths {
    private static final String BUCKETS_USAGE =
            "usage: /stats?histogram_buckets=(cumulative|disjoint|detailed|summary|"
                    + "prometheusnative)\n";
    private static final String FORMAT_USAGE =
            "usage: /stats?format=(html|active-html|json|prometheus|text)\n\n";

    private final StatsStore stats;

    StatsPaths(StatsStore stats) {
        this.stats = stats;
    }

    AdminResponse stats(Query query) {
        String format = query.find("format").orElse("text");
        StatsQuery wanted;
        try {
            wanted = parse(query, StatsQuery.Buckets.SUMMARY);
        } catch (BadQueryException e) {
            return AdminResponse.text(400, e.message);
        }
        return switch (format) {
            case "text" -> AdminResponse.text(200, StatsExport.text(stats, wanted));
            case "json" -> AdminResponse.json(StatsExport.json(stats, wanted));
            case "prometheus" -> prometheus(query);
            case "html", "active-html" ->
                    AdminResponse.html(
                            "<!DOCTYPE html>\n<html lang='en'>\n<body>\n<pre>\n"
                                    + escape(StatsExport.text(stats, wanted))
                                    + "</pre>\n</body>\n</html>\n");
            default -> AdminResponse.text(400, FORMAT_USAGE);
        };
    }

    AdminResponse prometheus(Query query) {
        try {
            return AdminResponse.text(
                    200,
                    PrometheusExport.text(stats, parse(query, StatsQuery.Buckets.CUMULATIVE)));
        } catch (BadQueryException e) {
            return AdminResponse.text(400, e.message);
        }
    }

    private static StatsQuery parse(Query query, StatsQuery.Buckets byDefault)
            throws BadQueryException {
        Optional<Pattern> filter = Optional.empty();
        var regex = query.find("filter");
        if (regex.isPresent()) {
            try {
                filter = Optional.of(Pattern.compile(regex.get()));
            } catch (PatternSyntaxException e) {
                throw new BadQueryException("Invalid re2 regex: " + Re2Errors.text(e));
            }
        }
        return new StatsQuery(
                query.has("usedonly"),
                filter,
                query.has("invert_filter"),
                type(query.find("type").orElse("All")),
                buckets(query.find("histogram_buckets"), byDefault),
                query.has("text_readouts"));
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

    private static StatsQuery.Buckets buckets(
            Optional<String> name, StatsQuery.Buckets byDefault) throws BadQueryException {
        return switch (name.orElse("")) {
            case "" -> byDefault;
            case "summary" -> StatsQuery.Buckets.SUMMARY;
            case "cumulative" -> StatsQuery.Buckets.CUMULATIVE;
            case "disjoint" -> StatsQuery.Buckets.DISJOINT;
            case "detailed" -> StatsQuery.Buckets.DETAILED;
            default -> throw new BadQueryException(BUCKETS_USAGE);
        };
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
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
