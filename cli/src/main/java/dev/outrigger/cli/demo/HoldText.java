// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.demo;

import java.util.ArrayList;
import java.util.List;

/** What is printed when the demo stays: where everything is, and commands to try. */
public final class HoldText {
    private HoldText() {}

    public static List<String> lines(Running demo) {
        var ports = demo.ports();
        var rest = "http://127.0.0.1:" + ports.rest();
        var lines = new ArrayList<String>();
        lines.add("Still running; Ctrl-C ends it and leaves nothing behind.");
        lines.add("");
        lines.add("  control plane     " + rest + "   (process " + demo.controlPlanePid() + ")");
        lines.add("  xDS               127.0.0.1:" + ports.xds());
        lines.add("  metrics, health   http://127.0.0.1:" + ports.controlAdmin() + "/metrics");
        for (var sidecar : demo.sidecars()) {
            lines.add(
                    "  "
                            + sidecar.title()
                            + ": egress "
                            + sidecar.ports().egress()
                            + ", ingress "
                            + sidecar.ports().ingress()
                            + ", admin http://127.0.0.1:"
                            + sidecar.ports().admin());
        }
        lines.add("");
        lines.add("Try:");
        for (var sidecar : demo.sidecars()) {
            lines.add(
                    "  curl -i -H 'Host: "
                            + DemoDocuments.CALLEE
                            + "' http://127.0.0.1:"
                            + sidecar.ports().egress()
                            + "/");
            lines.add(
                    "  curl -s 'http://127.0.0.1:"
                            + sidecar.ports().admin()
                            + "/stats?filter=upstream_rq_retry'");
        }
        lines.add("  curl -s " + rest + "/api/v1/proxies");
        lines.add("  ./outrigger get trafficpolicies --server " + rest);
        lines.add("  ./outrigger delete trafficpolicy/a-to-b --server " + rest);
        lines.add(
                "  kill -9 "
                        + demo.controlPlanePid()
                        + "   # the traffic goes on, and it comes back");
        return lines;
    }
}
