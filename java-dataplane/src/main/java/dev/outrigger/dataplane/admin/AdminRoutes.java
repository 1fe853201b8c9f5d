// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import dev.outrigger.dataplane.ads.NettyMainLoop;
import dev.outrigger.dataplane.state.ConfigAssembler;
import dev.outrigger.dataplane.state.RequestPath;
import dev.outrigger.dataplane.telemetry.StatsStore;

/** The admin paths by name. Main loop only. */
final class AdminRoutes {
    private final NettyMainLoop loop;

    private AdminRoutes(NettyMainLoop loop) {
        this.loop = loop;
    }

    static AdminRoutes of(
            NettyMainLoop loop,
            ConfigAssembler state,
            RequestPath requestPath,
            StatsStore stats,
            ProcessInfo process,
            ProcessActions actions) {
        return new AdminRoutes(loop);
    }

    long nowMillis() {
        return loop.currentTimeMillis();
    }

    AdminResponse answer(String method, String uri) {
        return AdminResponse.text(404, method + uri);
    }
}
