// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.compare;

import java.util.List;
import java.util.regex.Pattern;

/** Which statistics two proxies must share, and why the others are left out. */
final class ComparedStats {
    private static final Pattern COMPARED =
            Pattern.compile("stat\\.(?:cluster|http2?|listener|vhost)\\..*");

    private static final List<Exclusion> EXCLUSIONS =
            List.of(
                    new Exclusion("http\\.admin\\..*", "the harness itself asks the admin port"),
                    new Exclusion(
                            "listener\\.admin\\..*", "the harness itself asks the admin port"),
                    new Exclusion(
                            "cluster\\.outrigger_xds\\..*", "the connection to the control plane"),
                    new Exclusion(".*\\.version", "a hash of content, in which ports differ"),
                    new Exclusion(
                            ".*\\.(?:update_time|config_reload_time_ms)", "the time of the day"),
                    new Exclusion(
                            ".*_bytes_(?:total|buffered)",
                            "varies with the digits of x-envoy-upstream-service-time"),
                    new Exclusion(
                            ".*_flow_control_.*", "how often a socket fills is up to the machine"),
                    new Exclusion(
                            ".*\\.internal\\.upstream_rq_.*|.*\\.external\\.upstream_rq_.*",
                            "repeats upstream_rq_* by origin"),
                    new Exclusion(
                            ".*downstream_cx_destroy.*|.*upstream_cx_destroy.*",
                            "who notices a close first is a race"),
                    new Exclusion(".*\\.worker_\\d+\\..*", "repeats the listener's own by worker"));

    private ComparedStats() {}

    static boolean includes(String field) {
        return COMPARED.matcher(field).matches()
                && EXCLUSIONS.stream().noneMatch(each -> each.covers(field));
    }

    private record Exclusion(Pattern pattern, String reason) {
        Exclusion(String pattern, String reason) {
            this(Pattern.compile("stat\\.(?:" + pattern + ")"), reason);
        }

        boolean covers(String field) {
            return pattern.matcher(field).matches();
        }
    }
}
