// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

/**
 * Envoy 1.40's flags by name, in the order its help lists them. Which of them mean nothing here is
 * said in {@link CommandLine}.
 */
enum Flag {
    STATS_TAG("--stats-tag", Kind.TEXTS, "", "A tag:value for every stat; may be repeated."),
    ENABLE_CORE_DUMP("--enable-core-dump", Kind.SWITCH, "", "No effect: core dumps are the JVM's."),
    SOCKET_MODE("--socket-mode", Kind.TEXT, "", "No effect: no hot restart."),
    SOCKET_PATH("--socket-path", Kind.TEXT, "", "No effect: no hot restart."),
    DISABLE_EXTENSIONS(
            "--disable-extensions", Kind.TEXT, "", "No effect: nothing can be left out."),
    CPUSET_THREADS(
            "--cpuset-threads",
            Kind.SWITCH,
            "",
            "Default for --concurrency from the CPU set; the JVM always does that."),
    ENABLE_MUTEX_TRACING("--enable-mutex-tracing", Kind.SWITCH, "", "No effect: no /contention."),
    DISABLE_HOT_RESTART("--disable-hot-restart", Kind.SWITCH, "", "No effect: there is none."),
    MODE(
            "--mode",
            Kind.TEXT,
            "serve",
            "serve (default), validate (check the configuration and end) or init_only."),
    PARENT_SHUTDOWN_TIME_S(
            "--parent-shutdown-time-s",
            Kind.UINT32,
            "900",
            "Shown by the admin socket only: no hot restart."),
    DRAIN_STRATEGY("--drain-strategy", Kind.TEXT, "gradual", "gradual (default) or immediate."),
    DRAIN_TIME_S(
            "--drain-time-s",
            Kind.UINT32,
            "600",
            "How long connections of a removed or replaced listener may go on."),
    FILE_FLUSH_MIN_SIZE_KB(
            "--file-flush-min-size-kb",
            Kind.UINT32,
            "64",
            "Size that makes a log file be flushed."),
    FILE_FLUSH_INTERVAL_MSEC(
            "--file-flush-interval-msec", Kind.UINT32, "10000", "How often log files are flushed."),
    SERVICE_ZONE("--service-zone", Kind.TEXT, "", "Zone of the node."),
    SERVICE_NODE("--service-node", Kind.TEXT, "", "Id of the node."),
    SERVICE_CLUSTER("--service-cluster", Kind.TEXT, "", "Cluster of the node."),
    HOT_RESTART_VERSION(
            "--hot-restart-version", Kind.SWITCH, "", "Print 'disabled' and end: no hot restart."),
    RESTART_EPOCH(
            "--restart-epoch", Kind.UINT32, "0", "Shown by the admin socket only: no hot restart."),
    LOG_PATH("--log-path", Kind.TEXT, "", "File the log goes to instead of standard error."),
    ENABLE_FINE_GRAIN_LOGGING(
            "--enable-fine-grain-logging",
            Kind.SWITCH,
            "",
            "No effect beyond refusing --component-log-level."),
    LOG_FORMAT_ESCAPED(
            "--log-format-escaped",
            Kind.SWITCH,
            "",
            "Write control characters of a message as escapes."),
    LOG_FORMAT(
            "--log-format",
            Kind.TEXT,
            LogLayout.DEFAULT,
            "Layout of a log line, in spdlog's syntax."),
    COMPONENT_LOG_LEVEL(
            "--component-log-level",
            Kind.TEXT,
            "",
            "Levels by component, such as upstream:debug,config:trace."),
    LOG_LEVEL(
            "-l",
            "--log-level",
            Kind.TEXT,
            "info",
            "trace, debug, info (default), warning or warn, error, critical or off."),
    LOCAL_ADDRESS_IP_VERSION(
            "--local-address-ip-version",
            Kind.TEXT,
            "v4",
            "v4 (default) or v6. Shown by the admin socket only."),
    ADMIN_ADDRESS_PATH(
            "--admin-address-path",
            Kind.TEXT,
            "",
            "File the admin socket's address is written to."),
    LOG_STACKTRACE_SINGLE_ENTRY(
            "--log-stacktrace-single-entry", Kind.SWITCH, "", "No effect: it always is one."),
    SKIP_DEPRECATED_LOGS("--skip-deprecated-logs", Kind.SWITCH, "", "No effect: there are none."),
    IGNORE_UNKNOWN_DYNAMIC_FIELDS(
            "--ignore-unknown-dynamic-fields",
            Kind.SWITCH,
            "",
            "Say nothing about unknown fields that come over xDS."),
    REJECT_UNKNOWN_DYNAMIC_FIELDS(
            "--reject-unknown-dynamic-fields",
            Kind.SWITCH,
            "",
            "Refuse resources with unknown fields that come over xDS."),
    ALLOW_UNKNOWN_STATIC_FIELDS(
            "--allow-unknown-static-fields",
            Kind.SWITCH,
            "",
            "Ignore unknown fields of the bootstrap."),
    ALLOW_UNKNOWN_FIELDS(
            "--allow-unknown-fields",
            Kind.SWITCH,
            "",
            "Old name of --allow-unknown-static-fields."),
    CONFIG_YAML("--config-yaml", Kind.TEXT, "", "A bootstrap as YAML, merged over the file."),
    CONFIG_PATH("-c", "--config-path", Kind.TEXT, "", "The bootstrap file."),
    CONCURRENCY(
            "--concurrency",
            Kind.UINT32,
            "",
            "Worker threads; one for each hardware thread by default."),
    BASE_ID_PATH("--base-id-path", Kind.TEXT, "", "File the base id is written to."),
    SKIP_HOT_RESTART_PARENT_STATS(
            "--skip-hot-restart-parent-stats", Kind.SWITCH, "", "No effect: no hot restart."),
    SKIP_HOT_RESTART_ON_NO_PARENT(
            "--skip-hot-restart-on-no-parent", Kind.SWITCH, "", "No effect: no hot restart."),
    USE_DYNAMIC_BASE_ID(
            "--use-dynamic-base-id", Kind.SWITCH, "", "No effect beyond --base-id-path."),
    BASE_ID("--base-id", Kind.UINT32, "0", "No effect: instances share nothing."),
    LAST_GOOD_CONFIG_PATH(
            "--last-good-config-path",
            Kind.TEXT,
            "",
            "File that keeps what came over xDS, for a start without control plane. Not Envoy's."),
    VERSION("--version", Kind.SWITCH, "", "Print the version and end."),
    HELP("-h", "--help", Kind.SWITCH, "", "Print this and end.");

    /** What follows a flag. */
    enum Kind {
        /** Nothing. */
        SWITCH(""),
        TEXT("<string>"),
        /** A text; the flag may be given more than once. */
        TEXTS("<string>"),
        /** 0 to 4294967295. */
        UINT32("<uint32_t>");

        private final String label;

        Kind(String label) {
            this.label = label;
        }
    }

    private final String shortName;
    private final String longName;
    private final Kind kind;
    private final String defaultValue;
    private final String description;

    Flag(String longName, Kind kind, String defaultValue, String description) {
        this("", longName, kind, defaultValue, description);
    }

    Flag(String shortName, String longName, Kind kind, String defaultValue, String description) {
        this.shortName = shortName;
        this.longName = longName;
        this.kind = kind;
        this.defaultValue = defaultValue;
        this.description = description;
    }

    /** With its dash, or empty. */
    String shortName() {
        return shortName;
    }

    /** With its dashes. */
    String longName() {
        return longName;
    }

    Kind kind() {
        return kind;
    }

    /** The value where the flag is not given; empty also where there is no default. */
    String defaultValue() {
        return defaultValue;
    }

    String description() {
        return description;
    }

    boolean isCalled(String argument) {
        return argument.equals(longName) || (!shortName.isEmpty() && argument.equals(shortName));
    }

    /** What stands for its value in a usage text, with a blank before it; empty for a switch. */
    String valueLabel() {
        return kind == Kind.SWITCH ? "" : " " + kind.label;
    }

    /** {@code -c (--config-path)}, or {@code (--concurrency)} without a short name. */
    String label() {
        return shortName.isEmpty() ? "(" + longName + ")" : shortName + " (" + longName + ")";
    }
}
