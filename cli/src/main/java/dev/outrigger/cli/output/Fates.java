// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.output;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What became of a proxy's requests to each cluster between two looks at its own counters. Envoy
 * counts every try in {@code upstream_rq_total}; retries are among them. Immutable.
 *
 * @param cluster by its name in xDS
 * @param tries requests sent upstream, retries included
 * @param succeeded answered with a status below 500
 * @param failed answered with 5xx by the upstream or in its place
 * @param retried tries that repeat an earlier one
 * @param rescued requests that a retry made succeed
 * @param timeouts tries that took too long
 * @param refused not sent because a circuit breaker was open
 * @param active under way at the second look
 */
public record Fates(
        String cluster,
        long tries,
        long succeeded,
        long failed,
        long retried,
        long rescued,
        long timeouts,
        long refused,
        long active) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** The stats that it takes. */
    public static final String FILTER =
            "^cluster\\..*\\.(upstream_rq_(total|[1-5]xx|retry|retry_success|timeout"
                    + "|per_try_timeout|pending_overflow|active)|upstream_cx_overflow)$";

    private static final Pattern NAME = Pattern.compile("cluster\\.(.+)\\.([a-z0-9_]+)");

    /** By cluster, those that were never used left out. */
    public static List<Fates> between(Map<String, Long> before, Map<String, Long> after) {
        var clusters = new TreeSet<String>();
        for (String name : after.keySet()) {
            var found = NAME.matcher(name);
            if (found.matches()) {
                clusters.add(found.group(1));
            }
        }
        var fates = new ArrayList<Fates>();
        for (String cluster : clusters) {
            var counters = new Counters(cluster, before, after);
            if (after.getOrDefault("cluster." + cluster + ".upstream_rq_total", 0L) > 0) {
                fates.add(counters.fates());
            }
        }
        return fates;
    }

    private record Counters(String cluster, Map<String, Long> before, Map<String, Long> after) {
        /** Of a proxy that was started again meanwhile, what it has counted since. */
        long change(String stat) {
            var name = "cluster." + cluster + "." + stat;
            long now = after.getOrDefault(name, 0L);
            long then = before.getOrDefault(name, 0L);
            return now < then ? now : now - then;
        }

        Fates fates() {
            return new Fates(
                    cluster,
                    change("upstream_rq_total"),
                    change("upstream_rq_1xx")
                            + change("upstream_rq_2xx")
                            + change("upstream_rq_3xx")
                            + change("upstream_rq_4xx"),
                    change("upstream_rq_5xx"),
                    change("upstream_rq_retry"),
                    change("upstream_rq_retry_success"),
                    change("upstream_rq_timeout") + change("upstream_rq_per_try_timeout"),
                    change("upstream_rq_pending_overflow"),
                    after.getOrDefault("cluster." + cluster + ".upstream_rq_active", 0L));
        }
    }

    /** Whether the cluster is one of a service's ports: {@code namespace/name/port}. */
    public boolean isOf(String service) {
        return cluster.equals(service)
                || cluster.matches("(?:[^/]+/)?" + Pattern.quote(service) + "(?:/.*)?");
    }

    public ObjectNode json(String proxy) {
        return JSON.createObjectNode()
                .put("proxy", proxy)
                .put("cluster", cluster)
                .put("tries", tries)
                .put("succeeded", succeeded)
                .put("failed", failed)
                .put("retried", retried)
                .put("rescued", rescued)
                .put("timeouts", timeouts)
                .put("refused", refused)
                .put("active", active);
    }

    /** The columns of {@link #cells}. */
    public static Table table() {
        return new Table(
                "PROXY",
                "CLUSTER",
                "TRIES/S",
                "OK",
                "5XX",
                "RETRIED",
                "RESCUED",
                "TIMEOUTS",
                "REFUSED",
                "ACTIVE");
    }

    public List<String> cells(String proxy, Duration between) {
        double seconds = Math.max(between.toMillis(), 1) / 1_000.0;
        return List.of(
                proxy,
                cluster,
                String.format(Locale.ROOT, "%.1f", tries / seconds),
                Long.toString(succeeded),
                Long.toString(failed),
                Long.toString(retried),
                Long.toString(rescued),
                Long.toString(timeouts),
                Long.toString(refused),
                Long.toString(active));
    }
}
