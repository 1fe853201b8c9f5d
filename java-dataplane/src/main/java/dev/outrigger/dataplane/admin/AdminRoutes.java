// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.runtime.RuntimeLayers;
import dev.outrigger.dataplane.state.ConfigAssembler;
import dev.outrigger.dataplane.state.RequestPath;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The admin paths by name, in the order {@code /help} lists them. Paths that change something want
 * POST (AD1); a path matches exactly. Main loop only.
 */
final class AdminRoutes {
    private final MainLoop loop;
    private final RuntimePaths runtimePaths;
    private final Map<String, Route> routes = new LinkedHashMap<>();

    private AdminRoutes(MainLoop loop, RuntimePaths runtimePaths) {
        this.loop = loop;
        this.runtimePaths = runtimePaths;
    }

    static AdminRoutes of(
            MainLoop loop,
            ConfigAssembler state,
            RequestPath requestPath,
            StatsStore stats,
            RuntimeLayers runtime,
            ProcessInfo process,
            ProcessActions actions) {
        var routes = new AdminRoutes(loop, new RuntimePaths(runtime));
        routes.readOnly(state, requestPath, stats, process);
        routes.mutating(state, requestPath, stats, process, actions);
        return routes;
    }

    long nowMillis() {
        return loop.currentTimeMillis();
    }

    AdminResponse answer(String method, String uri) {
        var query = Query.parse(uri);
        var route = routes.get(query.path());
        if (route == null) {
            return AdminResponse.text(404, "invalid path. " + help());
        }
        if (route.mutates && !method.equals("POST")) {
            return AdminResponse.text(405, "Method " + method + " not allowed, POST required.");
        }
        return route.handler.answer(query);
    }

    private void readOnly(
            ConfigAssembler state, RequestPath requestPath, StatsStore stats, ProcessInfo process) {
        var statsPaths = new StatsPaths(stats);
        var serverPaths = new ServerPaths(loop, state, process);
        var configDump = new ConfigDump(state, process);
        get("/", "Admin home page", _ -> AdminResponse.html(home()));
        get("/certs", "print certs on machine", _ -> serverPaths.certs());
        var clusters = new ClusterPaths(state, requestPath);
        get(
                "/clusters",
                "upstream cluster status",
                clusters::answer,
                "filter: Regular expression (Google re2) for filtering clusters by name");
        get(
                "/config_dump",
                "dump current Envoy configs",
                configDump::answer,
                "resource: The resource to dump",
                "mask: The fields to keep, as a FieldMask; with resource, applied to each element",
                "name_regex: Dump only configurations whose names match the regular expression",
                "include_eds: Dump the endpoints too");
        get(
                "/contention",
                "dump lock contention stats (if enabled)",
                _ -> serverPaths.contention());
        get("/help", "print out list of admin commands", _ -> AdminResponse.text(200, help()));
        get(
                "/hot_restart_version",
                "print the hot restart compatibility version",
                _ -> AdminResponse.text(200, ServerPaths.HOT_RESTART_VERSION));
        get(
                "/init_dump",
                "dump what initialisation waits for",
                _ -> serverPaths.initDump(),
                "mask: The component to dump unready targets of");
        get(
                "/listeners",
                "print listener info",
                query -> ListenerPaths.answer(query, requestPath),
                "format: File format to use; One of (text, json)");
        get("/memory", "print current allocation/heap usage", _ -> serverPaths.memory());
        get(
                "/ready",
                "print server state, return 200 if LIVE, otherwise return 503",
                _ -> serverPaths.ready());
        get("/runtime", "print runtime values", _ -> runtimePaths.show());
        get(
                "/server_info",
                "print server version/status information",
                _ -> serverPaths.serverInfo());
        get(
                "/stats",
                "print server stats",
                statsPaths::stats,
                "usedonly: Only include stats that have been written by system since restart",
                "filter: Regular expression (Google re2) for filtering stats",
                "invert_filter: Invert the filter regex",
                "format: Format to use; One of (html, active-html, text, json)",
                "type: Stat types to include.; One of (All, Counters, Histograms, Gauges,"
                        + " TextReadouts)",
                "histogram_buckets: Histogram bucket display mode; One of (cumulative, disjoint,"
                        + " detailed, summary)");
        get(
                "/stats/prometheus",
                "print server stats in prometheus format",
                statsPaths::prometheus,
                "usedonly: Only include stats that have been written by system since restart",
                "text_readouts: Render text_readouts as gauges with value 0",
                "filter: Regular expression (Google re2) for filtering stats",
                "invert_filter: Invert the filter regex",
                "histogram_buckets: Histogram bucket display mode; One of (cumulative, summary)");
    }

    private void mutating(
            ConfigAssembler state,
            RequestPath requestPath,
            StatsStore stats,
            ProcessInfo process,
            ProcessActions actions) {
        post(
                "/drain_listeners",
                "drain listeners",
                query -> {
                    boolean keepListening = query.has("skip_exit");
                    boolean graceful = keepListening || query.has("graceful");
                    requestPath.drainListeners(query.has("inboundonly"), graceful, keepListening);
                    return AdminResponse.ok();
                },
                "graceful: When draining listeners, enter a graceful drain period prior to closing"
                        + " listeners",
                "skip_exit: When draining listeners, drain the connections but never stop the"
                        + " listeners",
                "inboundonly: Drains all inbound listeners");
        post(
                "/healthcheck/fail",
                "cause the server to fail health checks",
                _ -> {
                    state.failHealthChecks(true);
                    return AdminResponse.ok();
                });
        post(
                "/healthcheck/ok",
                "cause the server to pass health checks",
                _ -> {
                    state.failHealthChecks(false);
                    return AdminResponse.ok();
                });
        var levels = LogLevels.of(process);
        post(
                "/logging",
                "query/change logging levels",
                levels::answer,
                "paths: Change multiple logging levels by setting to"
                        + " <logger_name1>:<desired_level1>,<logger_name2>:<desired_level2>",
                "level: desired logging level, this will change all loggers's level; One of (,"
                        + " trace, debug, info, warning, error, critical, off)");
        post("/quitquitquit", "exit the server", _ -> AdminResponse.ok().then(actions::shutDown));
        post(
                "/reopen_logs",
                "reopen access logs",
                _ -> {
                    actions.reopenLogs();
                    return AdminResponse.ok();
                });
        post(
                "/reset_counters",
                "reset all counters to zero",
                _ -> {
                    stats.resetCounters();
                    return AdminResponse.ok();
                });
        post(
                "/runtime_modify",
                "Adds or modifies runtime values as passed in query parameters",
                runtimePaths::modify);
    }

    private void get(String path, String about, Handler handler, String... parameters) {
        routes.put(path, new Route(about, handler, false, List.of(parameters)));
    }

    private void post(String path, String about, Handler handler, String... parameters) {
        routes.put(path, new Route(about, handler, true, List.of(parameters)));
    }

    private String help() {
        var out = new StringBuilder("admin commands are:\n");
        for (String path : sorted()) {
            Route route = routes.get(path);
            if (route != null) {
                out.append("  ").append(path).append(route.mutates ? " (POST): " : ": ");
                out.append(route.about).append('\n');
                route.parameters.forEach(
                        parameter -> out.append("      ").append(parameter).append('\n'));
            }
        }
        return out.toString();
    }

    private String home() {
        var rows = new StringBuilder();
        for (String path : sorted()) {
            Route route = routes.get(path);
            if (route == null || path.equals("/")) {
                continue;
            }
            String name = path.substring(1);
            rows.append("  <tr><td>");
            if (route.mutates) {
                rows.append("<form action='").append(name).append("' method='post'><button>");
                rows.append(name).append("</button></form>");
            } else {
                rows.append("<a href='").append(name).append("'>").append(name).append("</a>");
            }
            rows.append("</td><td>").append(route.about).append("</td></tr>\n");
        }
        return "<!DOCTYPE html>\n<html lang='en'>\n<head>\n  <title>Envoy Admin</title>\n</head>\n"
                + "<body>\n<table class='home-table'>\n  <thead><tr><th>Command</th>"
                + "<th>Description</th></tr></thead>\n  <tbody>\n"
                + rows
                + "  </tbody>\n</table>\n</body>\n</html>\n";
    }

    private List<String> sorted() {
        var paths = new ArrayList<>(routes.keySet());
        paths.sort(null);
        return paths;
    }

    /** One path. */
    private interface Handler {
        AdminResponse answer(Query query);
    }

    private record Route(String about, Handler handler, boolean mutates, List<String> parameters) {}
}
