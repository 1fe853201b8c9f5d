// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

import dev.outrigger.dataplane.config.StatsConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The command line, read and checked.
 *
 * @param concurrency worker threads; unset means one for each hardware thread
 * @param componentLogLevels component to level, as given
 * @param statsTags {@code tag:value} pairs, as given
 * @param ignored flags that were given and mean nothing here, by name
 */
record Options(
        Mode mode,
        String configPath,
        String configYaml,
        boolean allowUnknownStaticFields,
        boolean rejectUnknownDynamicFields,
        boolean ignoreUnknownDynamicFields,
        Optional<Integer> concurrency,
        boolean cpusetThreads,
        String adminAddressPath,
        String localAddressIpVersion,
        String logLevel,
        Map<String, String> componentLogLevels,
        String logFormat,
        boolean logFormatEscaped,
        String logPath,
        String serviceCluster,
        String serviceNode,
        String serviceZone,
        Duration fileFlushInterval,
        int fileFlushMinSizeKb,
        Duration drainTime,
        boolean gradualDrain,
        Duration parentShutdownTime,
        long baseId,
        boolean useDynamicBaseId,
        String baseIdPath,
        String lastGoodConfigPath,
        long restartEpoch,
        List<String> statsTags,
        List<String> ignored) {
    Options {
        componentLogLevels = Map.copyOf(componentLogLevels);
        statsTags = List.copyOf(statsTags);
        ignored = List.copyOf(ignored);
    }

    /** {@code --mode}. */
    enum Mode {
        SERVE("Serve"),
        VALIDATE("Validate"),
        INIT_ONLY("InitOnly");

        private final String adminName;

        Mode(String adminName) {
            this.adminName = adminName;
        }

        /** As {@code /server_info} says it. */
        String adminName() {
            return adminName;
        }
    }

    /** Never below one; by default one for each hardware thread, as Envoy. */
    int workers() {
        return Math.max(1, concurrency.orElseGet(() -> Runtime.getRuntime().availableProcessors()));
    }

    /** By the field names of {@code envoy.admin.v3.CommandLineOptions}. */
    Map<String, Object> forAdmin() {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("base_id", Long.toString(baseId));
        out.put("use_dynamic_base_id", useDynamicBaseId);
        out.put("base_id_path", baseIdPath);
        out.put("concurrency", workers());
        out.put("config_path", configPath);
        out.put("config_yaml", configYaml);
        out.put("allow_unknown_static_fields", allowUnknownStaticFields);
        out.put("reject_unknown_dynamic_fields", rejectUnknownDynamicFields);
        out.put("ignore_unknown_dynamic_fields", ignoreUnknownDynamicFields);
        out.put("admin_address_path", adminAddressPath);
        out.put("local_address_ip_version", localAddressIpVersion);
        out.put("log_level", logLevel);
        out.put(
                "component_log_level",
                String.join(
                        ",",
                        componentLogLevels.entrySet().stream()
                                .map(e -> e.getKey() + ":" + e.getValue())
                                .sorted()
                                .toList()));
        out.put("log_format", logFormat);
        out.put("log_format_escaped", logFormatEscaped);
        out.put("log_path", logPath);
        out.put("service_cluster", serviceCluster);
        out.put("service_node", serviceNode);
        out.put("service_zone", serviceZone);
        out.put("file_flush_interval", seconds(fileFlushInterval));
        out.put("stats_tag", statsTags);
        out.put("disable_hot_restart", ignored.contains("--disable-hot-restart"));
        out.put("drain_time", drainTime.toSeconds() + "s");
        out.put("drain_strategy", gradualDrain ? "Gradual" : "Immediate");
        out.put("parent_shutdown_time", parentShutdownTime.toSeconds() + "s");
        out.put("mode", mode.adminName());
        out.put("restart_epoch", (int) restartEpoch);
        out.put("cpuset_threads", cpusetThreads);
        return out;
    }

    /** With the tags of the command line after those of the file. */
    StatsConfig withTags(StatsConfig config) {
        if (statsTags.isEmpty()) {
            return config;
        }
        var tags = new ArrayList<>(config.tags());
        for (String each : statsTags) {
            String[] parts = each.split(":", 2);
            tags.add(
                    new StatsConfig.TagSpecifier(
                            parts[0], new StatsConfig.TagSpecifier.Value.Fixed(parts[1])));
        }
        return new StatsConfig(
                tags, config.useAllDefaultTags(), config.matcher(), config.histogramBuckets());
    }

    /** As JSON writes a duration: whole seconds, or with milliseconds. */
    private static String seconds(Duration duration) {
        return duration.toMillisPart() == 0
                ? duration.toSeconds() + "s"
                : String.format(
                        Locale.ROOT, "%d.%03ds", duration.toSeconds(), duration.toMillisPart());
    }
}
