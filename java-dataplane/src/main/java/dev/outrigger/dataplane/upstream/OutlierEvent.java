// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.config.OutlierDetectionConfig.Monitor;
import dev.outrigger.dataplane.telemetry.JsonText;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** {@code envoy.data.cluster.v3.OutlierDetectionEvent} as Envoy writes it to a file. */
final class OutlierEvent {
    private OutlierEvent() {}

    static String ejection(
            String cluster,
            Host host,
            OutlierMonitor monitor,
            EjectionType type,
            @Nullable Monitor extension,
            boolean enforced,
            OutlierDetector detector,
            MainLoop loop) {
        String details =
                switch (type) {
                    case SUCCESS_RATE, SUCCESS_RATE_LOCAL_ORIGIN ->
                            "\"eject_success_rate_event\":{\"host_success_rate\":"
                                    + (long) monitor.successRate()
                                    + ",\"cluster_average_success_rate\":"
                                    + (long) detector.average(type == EjectionType.SUCCESS_RATE)
                                    + ",\"cluster_success_rate_ejection_threshold\":"
                                    + (long) detector.threshold(type == EjectionType.SUCCESS_RATE)
                                    + "}";
                    case FAILURE_PERCENTAGE, FAILURE_PERCENTAGE_LOCAL_ORIGIN ->
                            "\"eject_failure_percentage_event\":{\"host_success_rate\":"
                                    + (long) monitor.successRate()
                                    + "}";
                    case EXTENSION ->
                            "\"eject_extension_event\":{\"monitor_name\":"
                                    + JsonText.quote(extension == null ? "" : extension.name())
                                    + ",\"extra_info\":\"\"}";
                    case CONSECUTIVE_5XX,
                            CONSECUTIVE_GATEWAY_FAILURE,
                            CONSECUTIVE_LOCAL_ORIGIN_FAILURE ->
                            "\"eject_consecutive_event\":{}";
                };
        return event(
                type.name(),
                cluster,
                host,
                monitor,
                monitor.wasUnejected,
                monitor.lastUnejectionNanos,
                "EJECT",
                enforced,
                loop,
                "," + details);
    }

    static String unejection(String cluster, Host host, OutlierMonitor monitor, MainLoop loop) {
        return event(
                EjectionType.CONSECUTIVE_5XX.name(),
                cluster,
                host,
                monitor,
                monitor.wasEjected,
                monitor.lastEjectionNanos,
                "UNEJECT",
                false,
                loop,
                "");
    }

    private static String event(
            String type,
            String cluster,
            Host host,
            OutlierMonitor monitor,
            boolean hadAction,
            long lastActionNanos,
            String action,
            boolean enforced,
            MainLoop loop,
            String details) {
        Instant now = Instant.ofEpochMilli(loop.currentTimeMillis()).truncatedTo(ChronoUnit.MILLIS);
        long seconds = TimeUnit.NANOSECONDS.toSeconds(loop.nanoTime() - lastActionNanos);
        return "{\"type\":\""
                + type
                + "\",\"timestamp\":\""
                + now
                + "\""
                + (hadAction ? ",\"secs_since_last_action\":\"" + seconds + "\"" : "")
                + ",\"cluster_name\":"
                + JsonText.quote(cluster)
                + ",\"upstream_url\":\""
                + host.addressText()
                + "\",\"action\":\""
                + action
                + "\",\"num_ejections\":"
                + monitor.ejections
                + ",\"enforced\":"
                + enforced
                + details
                + "}";
    }
}
