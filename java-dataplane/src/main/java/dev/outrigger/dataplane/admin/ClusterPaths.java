// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.outrigger.dataplane.config.ClusterConfig;
import dev.outrigger.dataplane.config.ClusterConfig.Discovery;
import dev.outrigger.dataplane.state.ConfigAssembler;
import dev.outrigger.dataplane.state.RequestPath;
import dev.outrigger.dataplane.state.RequestPath.ClusterView;
import dev.outrigger.dataplane.state.RequestPath.HostView;
import dev.outrigger.dataplane.state.RequestPath.OutlierView;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/** {@code /clusters} (AD4). */
final class ClusterPaths {
    private final ConfigAssembler state;
    private final RequestPath requestPath;

    ClusterPaths(ConfigAssembler state, RequestPath requestPath) {
        this.state = state;
        this.requestPath = requestPath;
    }

    AdminResponse answer(Query query) {
        Optional<Pattern> filter;
        try {
            filter = query.find("filter").map(Pattern::compile);
        } catch (PatternSyntaxException e) {
            return AdminResponse.text(400, "Invalid re2 regex");
        }
        var rows = new ArrayList<Row>();
        var hosts = new HashMap<String, ClusterView>();
        requestPath.clusters().forEach(view -> hosts.put(view.name(), view));
        for (var cluster : state.view().clusters()) {
            String name = cluster.config().name();
            if (filter.isEmpty() || filter.get().matcher(name).find()) {
                var view = hosts.get(name);
                rows.add(
                        new Row(
                                cluster.config(),
                                view == null ? Optional.empty() : view.outlier(),
                                view == null ? List.of() : view.hosts()));
            }
        }
        return query.find("format").filter("json"::equals).isPresent()
                ? AdminResponse.json(json(rows))
                : AdminResponse.text(200, text(rows));
    }

    private static String text(List<Row> rows) {
        var out = new StringBuilder();
        for (Row row : rows) {
            String name = row.config.name() + "::";
            out.append(name).append("observability_name::").append(row.config.statName());
            out.append('\n');
            row.outlier.ifPresent(outlier -> outlier(out, name + "outlier::", outlier));
            thresholds(
                    out,
                    name + "default_priority::",
                    row.config.circuitBreakers().defaultPriority());
            thresholds(out, name + "high_priority::", row.config.circuitBreakers().highPriority());
            out.append(name)
                    .append("added_via_api::")
                    .append(row.config.addedViaApi())
                    .append('\n');
            edsServiceName(row.config)
                    .ifPresent(service ->
                            out.append(name)
                                    .append("eds_service_name::")
                                    .append(service)
                                    .append('\n'));
            row.hosts.forEach(host -> host(out, name + host.address() + "::", host));
        }
        return out.toString();
    }

    private static void thresholds(
            StringBuilder out, String prefix, ClusterConfig.Thresholds thresholds) {
        line(out, prefix, "max_connections", thresholds.maxConnections());
        line(out, prefix, "max_pending_requests", thresholds.maxPendingRequests());
        line(out, prefix, "max_requests", thresholds.maxRequests());
        line(out, prefix, "max_retries", thresholds.maxRetries());
    }

    private static void outlier(StringBuilder out, String prefix, OutlierView outlier) {
        line(out, prefix, "success_rate_average", rate(outlier.successRateAverage()));
        line(out, prefix, "success_rate_ejection_threshold", rate(outlier.successRateThreshold()));
        line(
                out,
                prefix,
                "local_origin_success_rate_average",
                rate(outlier.localOriginSuccessRateAverage()));
        line(
                out,
                prefix,
                "local_origin_success_rate_ejection_threshold",
                rate(outlier.localOriginSuccessRateThreshold()));
    }

    /** As C's {@code %g}: at most six digits that count. */
    private static String rate(double value) {
        String text = BigDecimal.valueOf(value).round(new MathContext(6)).toPlainString();
        return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
    }

    private static void host(StringBuilder out, String prefix, HostView host) {
        line(out, prefix, "cx_active", host.cxActive());
        line(out, prefix, "cx_connect_fail", host.cxConnectFail());
        line(out, prefix, "cx_total", host.cxTotal());
        line(out, prefix, "rq_active", host.rqActive());
        line(out, prefix, "rq_error", host.rqError());
        line(out, prefix, "rq_pending_active", host.rqPendingActive());
        line(out, prefix, "rq_success", host.rqSuccess());
        line(out, prefix, "rq_timeout", host.rqTimeout());
        line(out, prefix, "rq_total", host.rqTotal());
        line(out, prefix, "hostname", host.hostname());
        line(out, prefix, "health_flags", host.healthFlags());
        line(out, prefix, "weight", host.weight());
        line(out, prefix, "region", host.region());
        line(out, prefix, "zone", host.zone());
        line(out, prefix, "sub_zone", host.subZone());
        line(out, prefix, "canary", host.canary());
        line(out, prefix, "priority", host.priority());
        line(out, prefix, "success_rate", rate(host.successRate()));
        line(out, prefix, "local_origin_success_rate", rate(host.localOriginSuccessRate()));
    }

    private static void line(StringBuilder out, String prefix, String key, Object value) {
        out.append(prefix).append(key).append("::").append(value).append('\n');
    }

    private static String json(List<Row> rows) {
        var statuses = new JsonArray();
        for (Row row : rows) {
            var status = new JsonObject();
            status.addProperty("name", row.config.name());
            if (row.config.addedViaApi()) {
                status.addProperty("added_via_api", true);
            }
            row.outlier.ifPresent(outlier -> {
                percent(status, "success_rate_ejection_threshold", outlier.successRateThreshold());
                percent(
                        status,
                        "local_origin_success_rate_ejection_threshold",
                        outlier.localOriginSuccessRateThreshold());
            });
            var hosts = new JsonArray();
            row.hosts.forEach(host -> hosts.add(hostJson(host)));
            if (!hosts.isEmpty()) {
                status.add("host_statuses", hosts);
            }
            status.add("circuit_breakers", circuitBreakers(row.config.circuitBreakers()));
            status.addProperty("observability_name", row.config.statName());
            edsServiceName(row.config)
                    .ifPresent(service -> status.addProperty("eds_service_name", service));
            statuses.add(status);
        }
        var root = new JsonObject();
        if (!statuses.isEmpty()) {
            root.add("cluster_statuses", statuses);
        }
        return AdminJson.print(root);
    }

    private static JsonObject circuitBreakers(ClusterConfig.CircuitBreakers breakers) {
        var both = new JsonArray();
        both.add(thresholdsJson("", breakers.defaultPriority()));
        both.add(thresholdsJson("HIGH", breakers.highPriority()));
        var json = new JsonObject();
        json.add("thresholds", both);
        return json;
    }

    private static JsonObject thresholdsJson(String priority, ClusterConfig.Thresholds t) {
        var json = new JsonObject();
        if (!priority.isEmpty()) {
            json.addProperty("priority", priority);
        }
        json.addProperty("max_connections", t.maxConnections());
        json.addProperty("max_pending_requests", t.maxPendingRequests());
        json.addProperty("max_requests", t.maxRequests());
        json.addProperty("max_retries", t.maxRetries());
        return json;
    }

    private static JsonObject hostJson(HostView host) {
        var json = new JsonObject();
        var address = new JsonObject();
        int colon = host.address().lastIndexOf(':');
        String ip = host.address().substring(0, colon).replace("[", "").replace("]", "");
        int port = Integer.parseInt(host.address().substring(colon + 1));
        address.add("socket_address", ListenerPaths.socketAddress(ip, port));
        json.add("address", address);
        var stats = new JsonArray();
        stats.add(metric("", "cx_connect_fail", host.cxConnectFail()));
        stats.add(metric("", "cx_total", host.cxTotal()));
        stats.add(metric("", "rq_error", host.rqError()));
        stats.add(metric("", "rq_success", host.rqSuccess()));
        stats.add(metric("", "rq_timeout", host.rqTimeout()));
        stats.add(metric("", "rq_total", host.rqTotal()));
        stats.add(metric("GAUGE", "cx_active", host.cxActive()));
        stats.add(metric("GAUGE", "rq_active", host.rqActive()));
        stats.add(metric("GAUGE", "rq_pending_active", host.rqPendingActive()));
        json.add("stats", stats);
        json.add("health_status", health(host.healthFlags()));
        percent(json, "success_rate", host.successRate());
        json.addProperty("weight", host.weight());
        if (!host.hostname().isEmpty()) {
            json.addProperty("hostname", host.hostname());
        }
        if (host.priority() > 0) {
            json.addProperty("priority", host.priority());
        }
        json.add("locality", locality(host.region(), host.zone(), host.subZone()));
        percent(json, "local_origin_success_rate", host.localOriginSuccessRate());
        return json;
    }

    /** {@code envoy.type.v3.Percent}; left out where there is none, which is -1. */
    private static void percent(JsonObject into, String name, double value) {
        if (value >= 0) {
            var percent = new JsonObject();
            if (value > 0) {
                percent.addProperty("value", value);
            }
            into.add(name, percent);
        }
    }

    /** {@code envoy.config.core.v3.Locality}; empty parts are left out. */
    static JsonObject locality(String region, String zone, String subZone) {
        var json = new JsonObject();
        if (!region.isEmpty()) {
            json.addProperty("region", region);
        }
        if (!zone.isEmpty()) {
            json.addProperty("zone", zone);
        }
        if (!subZone.isEmpty()) {
            json.addProperty("sub_zone", subZone);
        }
        return json;
    }

    private static JsonObject metric(String type, String name, long value) {
        var json = new JsonObject();
        if (!type.isEmpty()) {
            json.addProperty("type", type);
        }
        if (value != 0) {
            json.addProperty("value", Long.toString(value));
        }
        json.addProperty("name", name);
        return json;
    }

    private static JsonObject health(String flags) {
        var json = new JsonObject();
        flag(json, flags, "failed_active_hc", "failed_active_health_check");
        flag(json, flags, "failed_outlier_check", "failed_outlier_check");
        flag(json, flags, "degraded_active_hc", "failed_active_degraded_check");
        flag(json, flags, "pending_dynamic_removal", "pending_dynamic_removal");
        flag(json, flags, "pending_active_hc", "pending_active_hc");
        String eds = "HEALTHY";
        if (flags.contains("/failed_eds_health")) {
            eds = "UNHEALTHY";
        } else if (flags.contains("/degraded_eds_health")) {
            eds = "DEGRADED";
        } else if (flags.contains("/eds_status_draining")) {
            eds = "DRAINING";
        }
        json.addProperty("eds_health_status", eds);
        flag(json, flags, "excluded_via_immediate_hc_fail", "excluded_via_immediate_hc_fail");
        flag(json, flags, "active_hc_timeout", "active_hc_timeout");
        return json;
    }

    private static void flag(JsonObject json, String flags, String flag, String name) {
        if (flags.contains("/" + flag)) {
            json.addProperty(name, true);
        }
    }

    private static Optional<String> edsServiceName(ClusterConfig config) {
        return config.discovery() instanceof Discovery.Eds eds
                        && !eds.serviceName().equals(config.name())
                ? Optional.of(eds.serviceName())
                : Optional.empty();
    }

    private record Row(ClusterConfig config, Optional<OutlierView> outlier, List<HostView> hosts) {}
}
