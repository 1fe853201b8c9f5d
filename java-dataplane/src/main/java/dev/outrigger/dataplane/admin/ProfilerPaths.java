// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import java.util.List;

/**
 * The paths about profilers and the allocator. There are none in this process, which they say the
 * way an Envoy built without them does; the JVM's own tools ({@code jcmd}) do their work.
 */
final class ProfilerPaths {
    private static final String USAGE = "?enable=<y|n>\n";

    private ProfilerPaths() {}

    static List<AdminRoute> routes() {
        return List.of(
                AdminRoute.post(
                        "/allocprofiler",
                        "enable/disable the allocation profiler (if supported)",
                        query -> missing(query, "allocation profiler"),
                        enable("enable/disable the allocation profiler")),
                AdminRoute.post(
                        "/cpuprofiler",
                        "enable/disable the CPU profiler",
                        ProfilerPaths::cpu,
                        enable("enables the CPU profiler")),
                AdminRoute.get(
                        "/heap_dump",
                        "dump current Envoy heap (if supported)",
                        _ -> unsupported("heap dump")),
                AdminRoute.post(
                        "/heapprofiler",
                        "enable/disable the heap profiler",
                        _ -> unsupported("heap profiler"),
                        enable("enable/disable the heap profiler")),
                AdminRoute.get(
                        "/memory/tcmalloc",
                        "print TCMalloc stats",
                        _ -> unsupported("TCMalloc stats")),
                AdminRoute.get(
                        "/peak_heap_dump",
                        "dump peak Envoy heap (if supported)",
                        _ -> unsupported("peak heap dump")));
    }

    private static AdminRoute.Parameter enable(String about) {
        return AdminRoute.Parameter.choice("enable", about, "y", "n");
    }

    private static AdminResponse missing(Query query, String what) {
        return wantsEnable(query) ? unsupported(what) : AdminResponse.text(400, USAGE);
    }

    /** A profiler that never runs is stopped at once and cannot be started. */
    private static AdminResponse cpu(Query query) {
        if (!wantsEnable(query)) {
            return AdminResponse.text(400, USAGE);
        }
        return query.find("enable").filter("y"::equals).isPresent()
                ? AdminResponse.text(500, "failure to start the profiler")
                : AdminResponse.ok();
    }

    private static boolean wantsEnable(Query query) {
        return query.parameters().size() == 1
                && query.find("enable").filter(v -> v.equals("y") || v.equals("n")).isPresent();
    }

    private static AdminResponse unsupported(String what) {
        return AdminResponse.text(501, "The current build does not support " + what);
    }
}
