// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Envoy 1.40's flags by name, in the order its help lists them. Which of them mean nothing here is
 * said in {@link CommandLine}.
 */
@Command(name = CommandLine.PROGRAM, sortOptions = false)
final class CommandLineSpec {
    @Option(
            names = "--stats-tag",
            paramLabel = "<string>",
            description = "A tag:value for every stat; may be repeated. Accepted, not applied yet.")
    List<String> statsTag = new ArrayList<>();

    @Option(names = "--enable-core-dump", description = "No effect: core dumps are the JVM's.")
    boolean enableCoreDump;

    @Option(
            names = "--socket-mode",
            paramLabel = "<string>",
            description = "No effect: no hot restart.")
    @Nullable String socketMode;

    @Option(
            names = "--socket-path",
            paramLabel = "<string>",
            description = "No effect: no hot restart.")
    @Nullable String socketPath;

    @Option(
            names = "--disable-extensions",
            paramLabel = "<string>",
            description = "No effect: nothing can be left out.")
    @Nullable String disableExtensions;

    @Option(
            names = "--cpuset-threads",
            description = "Default for --concurrency from the CPU set; the JVM always does that.")
    boolean cpusetThreads;

    @Option(names = "--enable-mutex-tracing", description = "No effect: no /contention.")
    boolean enableMutexTracing;

    @Option(names = "--disable-hot-restart", description = "No effect: there is none.")
    boolean disableHotRestart;

    @Option(
            names = "--mode",
            paramLabel = "<string>",
            description =
                    "serve (default), validate (check the configuration and end) or init_only.")
    String mode = "serve";

    @Option(
            names = "--parent-shutdown-time-s",
            paramLabel = "<uint32_t>",
            description = "Shown by the admin socket only: no hot restart.")
    String parentShutdownTimeS = "900";

    @Option(
            names = "--drain-strategy",
            paramLabel = "<string>",
            description = "gradual (default) or immediate.")
    String drainStrategy = "gradual";

    @Option(
            names = "--drain-time-s",
            paramLabel = "<uint32_t>",
            description = "How long connections of a removed or replaced listener may go on.")
    String drainTimeS = "600";

    @Option(
            names = "--file-flush-min-size-kb",
            paramLabel = "<uint32_t>",
            description = "Size that makes a log file be flushed.")
    String fileFlushMinSizeKb = "64";

    @Option(
            names = "--file-flush-interval-msec",
            paramLabel = "<uint32_t>",
            description = "How often log files are flushed.")
    String fileFlushIntervalMsec = "10000";

    @Option(names = "--service-zone", paramLabel = "<string>", description = "Zone of the node.")
    String serviceZone = "";

    @Option(names = "--service-node", paramLabel = "<string>", description = "Id of the node.")
    String serviceNode = "";

    @Option(
            names = "--service-cluster",
            paramLabel = "<string>",
            description = "Cluster of the node.")
    String serviceCluster = "";

    @Option(
            names = "--hot-restart-version",
            description = "Print 'disabled' and end: no hot restart.")
    boolean hotRestartVersion;

    @Option(
            names = "--restart-epoch",
            paramLabel = "<uint32_t>",
            description = "Shown by the admin socket only: no hot restart.")
    String restartEpoch = "0";

    @Option(
            names = "--log-path",
            paramLabel = "<string>",
            description = "File the log goes to instead of standard error.")
    String logPath = "";

    @Option(
            names = "--enable-fine-grain-logging",
            description = "No effect beyond refusing --component-log-level.")
    boolean enableFineGrainLogging;

    @Option(
            names = "--log-format-escaped",
            description = "Write control characters of a message as escapes.")
    boolean logFormatEscaped;

    @Option(
            names = "--log-format",
            paramLabel = "<string>",
            description = "Layout of a log line, in spdlog's syntax.")
    String logFormat = LogLayout.DEFAULT;

    @Option(
            names = "--component-log-level",
            paramLabel = "<string>",
            description = "Levels by component, such as upstream:debug,config:trace.")
    String componentLogLevel = "";

    @Option(
            names = {"-l", "--log-level"},
            paramLabel = "<string>",
            description = "trace, debug, info (default), warning or warn, error, critical or off.")
    String logLevel = "info";

    @Option(
            names = "--local-address-ip-version",
            paramLabel = "<string>",
            description = "v4 (default) or v6. Shown by the admin socket only.")
    String localAddressIpVersion = "v4";

    @Option(
            names = "--admin-address-path",
            paramLabel = "<string>",
            description = "File the admin socket's address is written to.")
    String adminAddressPath = "";

    @Option(names = "--log-stacktrace-single-entry", description = "No effect: it always is one.")
    boolean logStacktraceSingleEntry;

    @Option(names = "--skip-deprecated-logs", description = "No effect: there are none.")
    boolean skipDeprecatedLogs;

    @Option(
            names = "--ignore-unknown-dynamic-fields",
            description = "Say nothing about unknown fields that come over xDS.")
    boolean ignoreUnknownDynamicFields;

    @Option(
            names = "--reject-unknown-dynamic-fields",
            description = "Refuse resources with unknown fields that come over xDS.")
    boolean rejectUnknownDynamicFields;

    @Option(
            names = "--allow-unknown-static-fields",
            description = "Ignore unknown fields of the bootstrap.")
    boolean allowUnknownStaticFields;

    @Option(
            names = "--allow-unknown-fields",
            description = "Old name of --allow-unknown-static-fields.")
    boolean allowUnknownFields;

    @Option(
            names = "--config-yaml",
            paramLabel = "<string>",
            description = "A bootstrap as YAML, merged over the file.")
    String configYaml = "";

    @Option(
            names = {"-c", "--config-path"},
            paramLabel = "<string>",
            description = "The bootstrap file.")
    String configPath = "";

    @Option(
            names = "--concurrency",
            paramLabel = "<uint32_t>",
            description = "Worker threads; one for each hardware thread by default.")
    @Nullable String concurrency;

    @Option(
            names = "--base-id-path",
            paramLabel = "<string>",
            description = "File the base id is written to.")
    String baseIdPath = "";

    @Option(names = "--skip-hot-restart-parent-stats", description = "No effect: no hot restart.")
    boolean skipHotRestartParentStats;

    @Option(names = "--skip-hot-restart-on-no-parent", description = "No effect: no hot restart.")
    boolean skipHotRestartOnNoParent;

    @Option(names = "--use-dynamic-base-id", description = "No effect beyond --base-id-path.")
    boolean useDynamicBaseId;

    @Option(
            names = "--base-id",
            paramLabel = "<uint32_t>",
            description = "No effect: instances share nothing.")
    String baseId = "0";

    @Option(names = "--version", description = "Print the version and end.")
    boolean version;

    @Option(
            names = {"-h", "--help"},
            description = "Print this and end.")
    boolean help;
}
