// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import static dev.outrigger.dataplane.admin.AdminRoute.get;
import static dev.outrigger.dataplane.admin.AdminRoute.post;

import dev.outrigger.dataplane.admin.AdminRoute.Parameter;
import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.runtime.RuntimeLayers;
import dev.outrigger.dataplane.state.ConfigAssembler;
import dev.outrigger.dataplane.state.RequestPath;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The admin paths by name, in the order {@code /help} lists them. Paths that change something want
 * POST (AD1); a path matches exactly. Main loop only.
 */
final class AdminRoutes {
    private final MainLoop loop;
    private final AdminStats stats;
    private final SortedMap<String, AdminRoute> routes = new TreeMap<>();

    private AdminRoutes(MainLoop loop, AdminStats stats) {
        this.loop = loop;
        this.stats = stats;
    }

    static AdminRoutes of(
            MainLoop loop,
            ConfigAssembler state,
            RequestPath requestPath,
            StatsStore stats,
            RuntimeLayers runtime,
            ProcessInfo process,
            ProcessActions actions) {
        var routes = new AdminRoutes(loop, new AdminStats(stats));
        routes.add(routes.pages());
        routes.add(configuration(state, requestPath, process));
        routes.add(server(new ServerPaths(loop, state, process)));
        routes.add(runtime(new RuntimePaths(runtime)));
        routes.add(new StatsPaths(stats, actions).routes());
        routes.add(ProfilerPaths.routes());
        routes.add(actions(state, requestPath, actions));
        routes.add(List.of(LogLevels.of(process).route()));
        return routes;
    }

    private void add(List<AdminRoute> some) {
        some.forEach(route -> routes.put(route.path(), route));
    }

    AdminStats stats() {
        return stats;
    }

    long nowMillis() {
        return loop.currentTimeMillis();
    }

    /**
     * @param form the body, if it is a form's; {@code null} for none
     */
    AdminResponse answer(String method, String uri, @Nullable String form) {
        var query = Query.parse(uri, form);
        var route = routes.get(query.path());
        if (route == null) {
            return AdminResponse.text(404, "invalid path. " + help());
        }
        if (route.mutates() && !method.equals("POST")) {
            return AdminResponse.text(405, "Method " + method + " not allowed, POST required.");
        }
        return route.handler().answer(query);
    }

    private List<AdminRoute> pages() {
        return List.of(
                get(
                        "/",
                        "Admin home page",
                        _ -> AdminResponse.html(AdminHome.page(List.copyOf(routes.values())))),
                get(
                        "/help",
                        "print out list of admin commands",
                        _ -> AdminResponse.text(200, help())));
    }

    private static List<AdminRoute> configuration(
            ConfigAssembler state, RequestPath requestPath, ProcessInfo process) {
        var clusters = new ClusterPaths(state, requestPath);
        var configDump = new ConfigDump(state, process);
        return List.of(
                get(
                        "/clusters",
                        "upstream cluster status",
                        clusters::answer,
                        Parameter.text(
                                "filter",
                                "Regular expression (Google re2) for filtering clusters by name")),
                get(
                        "/config_dump",
                        "dump current Envoy configs",
                        configDump::answer,
                        Parameter.text("resource", "The resource to dump"),
                        Parameter.text(
                                "mask",
                                "The fields to keep, as a FieldMask; with resource, applied to each"
                                        + " element"),
                        Parameter.text(
                                "name_regex",
                                "Dump only configurations whose names match the regular"
                                        + " expression"),
                        Parameter.flag("include_eds", "Dump the endpoints too")),
                get(
                        "/listeners",
                        "print listener info",
                        query -> ListenerPaths.answer(query, requestPath),
                        Parameter.choice("format", "File format to use", "text", "json")));
    }

    private static List<AdminRoute> server(ServerPaths server) {
        return List.of(
                get("/certs", "print certs on machine", _ -> server.certs()),
                get(
                        "/contention",
                        "dump current Envoy mutex contention stats (if enabled)",
                        _ -> server.contention()),
                get(
                        "/hot_restart_version",
                        "print the hot restart compatibility version",
                        _ -> AdminResponse.text(200, ServerPaths.HOT_RESTART_VERSION)),
                get(
                        "/init_dump",
                        "dump current Envoy init manager information (experimental)",
                        server::initDump,
                        Parameter.text("mask", "The component to dump unready targets of")),
                get("/memory", "print current allocation/heap usage", _ -> server.memory()),
                get(
                        "/ready",
                        "print server state, return 200 if LIVE, otherwise return 503",
                        _ -> server.ready()),
                get(
                        "/server_info",
                        "print server version/status information",
                        _ -> server.serverInfo()));
    }

    private static List<AdminRoute> runtime(RuntimePaths runtime) {
        return List.of(
                get("/runtime", "print runtime values", _ -> runtime.show()),
                post(
                        "/runtime_modify",
                        "Adds or modifies runtime values as passed in query parameters; an empty"
                                + " one removes what was added here",
                        runtime::modify));
    }

    private static List<AdminRoute> actions(
            ConfigAssembler state, RequestPath requestPath, ProcessActions actions) {
        return List.of(
                post(
                        "/drain_listeners",
                        "drain listeners",
                        query -> {
                            boolean keepListening = query.has("skip_exit");
                            requestPath.drainListeners(
                                    query.has("inboundonly"),
                                    keepListening || query.has("graceful"),
                                    keepListening);
                            return AdminResponse.ok();
                        },
                        Parameter.flag(
                                "graceful",
                                "When draining listeners, enter a graceful drain period prior to"
                                        + " closing listeners"),
                        Parameter.flag(
                                "skip_exit",
                                "When draining listeners, drain the connections but never stop the"
                                        + " listeners"),
                        Parameter.flag("inboundonly", "Drains all inbound listeners")),
                post(
                        "/healthcheck/fail",
                        "cause the server to fail health checks",
                        _ -> {
                            state.failHealthChecks(true);
                            return AdminResponse.ok();
                        }),
                post(
                        "/healthcheck/ok",
                        "cause the server to pass health checks",
                        _ -> {
                            state.failHealthChecks(false);
                            return AdminResponse.ok();
                        }),
                post(
                        "/quitquitquit",
                        "exit the server",
                        _ -> AdminResponse.ok().then(actions::shutDown)),
                post(
                        "/reopen_logs",
                        "reopen access logs",
                        _ -> {
                            actions.reopenLogs();
                            return AdminResponse.ok();
                        }));
    }

    private String help() {
        var out = new StringBuilder("admin commands are:\n");
        for (AdminRoute route : new ArrayList<>(routes.values())) {
            out.append("  ").append(route.path()).append(route.mutates() ? " (POST): " : ": ");
            out.append(route.about()).append('\n');
            for (Parameter parameter : route.parameters()) {
                out.append("      ").append(parameter.help()).append('\n');
            }
        }
        return out.toString();
    }
}
