// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import dev.outrigger.dataplane.telemetry.StatShape.Kind;
import dev.outrigger.dataplane.telemetry.StatsStore.Sample;
import dev.outrigger.dataplane.telemetry.TagExtractor.Extracted;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The stats in Prometheus' text format, as Envoy's {@code /stats/prometheus} prints them: counters,
 * gauges, text readouts if asked for, histograms; families by name, one {@code # TYPE} line each.
 * Any thread, part by part: of a stat not yet printed only its place is held.
 */
public final class PrometheusExport implements ChunkedText {
    private final StatsStore stats;
    private final StatsQuery query;
    private final Deque<Section> sections = new ArrayDeque<>();
    private Iterator<Map.Entry<String, Members>> families = Collections.emptyIterator();
    private Members members = new Members();
    private String family = "";
    private int nextMember;

    /** One kind of stats. */
    private enum Section {
        COUNTERS,
        GAUGES,
        TEXT_READOUTS,
        HISTOGRAMS,
        ENDPOINTS
    }

    private PrometheusExport(StatsStore stats, StatsQuery query) {
        this.stats = stats;
        this.query = query;
        for (Section section : Section.values()) {
            boolean wanted =
                    switch (section) {
                        case COUNTERS -> query.wants(StatsQuery.Type.COUNTERS);
                        case GAUGES -> query.wants(StatsQuery.Type.GAUGES);
                        case TEXT_READOUTS ->
                                query.textReadouts() && query.wants(StatsQuery.Type.TEXT_READOUTS);
                        case HISTOGRAMS -> query.wants(StatsQuery.Type.HISTOGRAMS);
                        case ENDPOINTS -> true;
                    };
            if (wanted) {
                sections.add(section);
            }
        }
    }

    public static ChunkedText text(StatsStore stats, StatsQuery query) {
        return new PrometheusExport(stats, query);
    }

    @Override
    public boolean appendTo(StringBuilder out) {
        int enough = out.length() + CHUNK_CHARS;
        while (out.length() < enough) {
            if (nextMember < members.count) {
                member(out, members.scopes[nextMember], members.places[nextMember]);
                nextMember++;
            } else if (families.hasNext()) {
                var next = families.next();
                family = "envoy_" + sanitize(next.getKey());
                members = next.getValue();
                nextMember = 0;
                out.append("# TYPE ").append(family).append(' ').append(members.type);
                out.append('\n');
            } else if (!sections.isEmpty()) {
                begin(out, sections.remove());
            } else {
                return false;
            }
        }
        return true;
    }

    private void begin(StringBuilder out, Section section) {
        switch (section) {
            case COUNTERS -> families = families(Kind.COUNTER, "counter");
            case GAUGES -> families = families(Kind.GAUGE, "gauge");
            case TEXT_READOUTS -> textReadouts(out);
            case HISTOGRAMS ->
                    families = families(Kind.HISTOGRAM, isSummary() ? "summary" : "histogram");
            case ENDPOINTS -> endpoints(out);
        }
    }

    private boolean isSummary() {
        return query.buckets() == StatsQuery.Buckets.SUMMARY;
    }

    private Iterator<Map.Entry<String, Members>> families(Kind kind, String type) {
        var found = new TreeMap<String, Members>();
        var sorted = stats.sorted(EnumSet.of(kind));
        for (Sample sample = sorted.next(); sample != null; sample = sorted.next()) {
            if (query.wants(sample.name(), sample.used())) {
                String name = stats.rules().tags().extract(sample.name()).family();
                Members same = found.computeIfAbsent(name, _ -> new Members());
                same.kind = kind;
                same.type = type;
                same.add(sample);
            }
        }
        return found.entrySet().iterator();
    }

    private void member(StringBuilder out, StatScope scope, int index) {
        Kind kind = members.kind;
        Sample sample = scope.sample(scope.name(index), kind, index);
        String labels = labels(stats.rules().tags().extract(sample.name()));
        if (kind == Kind.HISTOGRAM) {
            histogram(out, labels, sample);
        } else {
            out.append(family).append('{').append(labels).append("} ");
            out.append(sample.text()).append('\n');
        }
    }

    private void textReadouts(StringBuilder out) {
        var found = new TreeMap<String, List<Map.Entry<String, String>>>();
        for (var readout : stats.textReadouts()) {
            if (query.wants(readout.getKey(), true)) {
                String name = stats.rules().tags().extract(readout.getKey()).family();
                found.computeIfAbsent(name, _ -> new ArrayList<>()).add(readout);
            }
        }
        found.forEach((name, readouts) -> {
            String full = "envoy_" + sanitize(name);
            out.append("# TYPE ").append(full).append(" gauge\n");
            for (var readout : readouts) {
                String labels = labels(stats.rules().tags().extract(readout.getKey()));
                out.append(full).append('{').append(labels).append(labels.isEmpty() ? "" : ",");
                out.append("text_value=\"").append(escape(readout.getValue()));
                out.append("\"} 0\n");
            }
        });
    }

    /** Counters, then gauges, each family by name and its lines by their labels. */
    private void endpoints(StringBuilder out) {
        Map<Boolean, TreeMap<String, List<String>>> found =
                Map.of(true, new TreeMap<>(), false, new TreeMap<>());
        for (EndpointStats endpoint : stats.endpoints()) {
            String labels = labels(endpoint);
            endpoint.each(value -> {
                if (query.wants(value.type()) && query.wants(endpoint.fullName(value), true)) {
                    found.getOrDefault(value.counter(), new TreeMap<>())
                            .computeIfAbsent(value.name(), _ -> new ArrayList<>())
                            .add(labels + "} " + value.value());
                }
            });
        }
        for (boolean counter : new boolean[] {true, false}) {
            found.getOrDefault(counter, new TreeMap<>())
                    .forEach((name, lines) -> {
                        String full = "envoy_cluster_endpoint_" + name;
                        out.append("# TYPE ").append(full);
                        out.append(counter ? " counter\n" : " gauge\n");
                        Collections.sort(lines);
                        lines.forEach(
                                line -> out.append(full).append('{').append(line).append('\n'));
                    });
        }
    }

    private static String labels(EndpointStats endpoint) {
        String always =
                "envoy_cluster_name=\""
                        + escape(endpoint.cluster())
                        + "\",envoy_endpoint_address=\""
                        + escape(endpoint.address())
                        + '"';
        return endpoint.hostname().isEmpty()
                ? always
                : always + ",envoy_endpoint_hostname=\"" + escape(endpoint.hostname()) + '"';
    }

    private void histogram(StringBuilder out, String labels, Sample sample) {
        var cumulative = sample.snapshot().cumulative();
        String separator = labels.isEmpty() ? "" : ",";
        Consumer<String> start =
                suffix -> out.append(family).append(suffix).append('{').append(labels);
        if (isSummary()) {
            for (double percent : HistogramSnapshot.QUANTILES) {
                start.accept("");
                out.append(separator).append("quantile=\"");
                out.append(StatsExport.number(percent * 10 / 1000)).append("\"} ");
                out.append(number(cumulative.quantile(percent))).append('\n');
            }
        } else {
            for (double bound : stats.rules().bounds(sample.name())) {
                start.accept("_bucket");
                out.append(separator).append("le=\"").append(StatsExport.number(bound));
                out.append("\"} ").append(cumulative.countUpTo(bound)).append('\n');
            }
            start.accept("_bucket");
            out.append(separator).append("le=\"+Inf\"} ").append(cumulative.total()).append('\n');
        }
        start.accept("_sum");
        out.append("} ").append(number(cumulative.sum())).append('\n');
        start.accept("_count");
        out.append("} ").append(cumulative.total()).append('\n');
    }

    private static String labels(Extracted extracted) {
        return extracted.labels().stream()
                .map(l -> sanitize(l.name()) + "=\"" + escape(l.value()) + "\"")
                .collect(Collectors.joining(","));
    }

    private static String sanitize(String name) {
        var out = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean allowed =
                    (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= '0' && c <= '9')
                            || c == '_';
            out.append(allowed ? c : '_');
        }
        return out.toString();
    }

    private static String escape(String value) {
        return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\"", "\\\"");
    }

    /** Envoy prints 32 significant digits of the exact binary value. */
    private static String number(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (value == 0) {
            return "0";
        }
        return new BigDecimal(value)
                .round(new MathContext(32))
                .stripTrailingZeros()
                .toPlainString();
    }

    /** The places of a family's stats, in order of name; all are of one kind. */
    private static final class Members {
        private Kind kind = Kind.COUNTER;
        private String type = "";
        private StatScope[] scopes = new StatScope[4];
        private int[] places = new int[4];
        private int count;

        void add(Sample sample) {
            if (count == places.length) {
                places = Arrays.copyOf(places, count * 2);
                scopes = Arrays.copyOf(scopes, count * 2);
            }
            scopes[count] = sample.scope();
            places[count++] = sample.index();
        }
    }
}
