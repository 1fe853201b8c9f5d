// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

import dev.outrigger.dataplane.admin.LogComponents;
import dev.outrigger.dataplane.bootstrap.Options.Mode;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Envoy 1.40's command line: the same flags, defaults, checks and error texts, so that what scripts
 * Envoy scripts this proxy.
 *
 * <p>Accepted and ignored, because what they steer is not there: {@code --base-id}, {@code
 * --use-dynamic-base-id} (apart from writing {@code --base-id-path}), {@code --restart-epoch},
 * {@code --parent-shutdown-time-s}, {@code --disable-hot-restart}, {@code
 * --skip-hot-restart-on-no-parent}, {@code --skip-hot-restart-parent-stats}, {@code --socket-path},
 * {@code --socket-mode} (no hot restart); {@code --enable-core-dump}, {@code
 * --enable-mutex-tracing}, {@code --disable-extensions}, {@code --cpuset-threads}, {@code
 * --enable-fine-grain-logging}, {@code --skip-deprecated-logs}, {@code
 * --log-stacktrace-single-entry}, {@code --local-address-ip-version}. Those given are named in the
 * log at debug.
 */
final class CommandLine {
    static final String PROGRAM = "outrigger-proxy";

    private static final Set<String> LEVELS =
            Set.of("trace", "debug", "info", "warning", "warn", "error", "critical", "off");

    private static final Set<Flag> IGNORED =
            EnumSet.of(
                    Flag.BASE_ID,
                    Flag.USE_DYNAMIC_BASE_ID,
                    Flag.RESTART_EPOCH,
                    Flag.PARENT_SHUTDOWN_TIME_S,
                    Flag.DISABLE_HOT_RESTART,
                    Flag.SKIP_HOT_RESTART_ON_NO_PARENT,
                    Flag.SKIP_HOT_RESTART_PARENT_STATS,
                    Flag.SOCKET_PATH,
                    Flag.SOCKET_MODE,
                    Flag.ENABLE_CORE_DUMP,
                    Flag.ENABLE_MUTEX_TRACING,
                    Flag.DISABLE_EXTENSIONS,
                    Flag.CPUSET_THREADS,
                    Flag.ENABLE_FINE_GRAIN_LOGGING,
                    Flag.SKIP_DEPRECATED_LOGS,
                    Flag.LOG_STACKTRACE_SINGLE_ENTRY,
                    Flag.LOCAL_ADDRESS_IP_VERSION);

    private static final Pattern TAG_NAME = Pattern.compile("[A-Za-z0-9]+");
    private static final Pattern TAG_VALUE = Pattern.compile("[^.]+");
    private static final long UINT32_MAX = 0xFFFF_FFFFL;

    private CommandLine() {}

    /** What the command line asks for. */
    sealed interface Request {
        /** Print a text to standard output and end with 0. */
        record Print(String text) implements Request {}

        record Run(Options options) implements Request {}
    }

    static Request parse(String... args) throws UsageException {
        var arguments = Arguments.read(List.of(args));
        if (arguments.has(Flag.HELP)) {
            return new Request.Print(Usage.full());
        }
        if (arguments.has(Flag.VERSION)) {
            return new Request.Print(Version.line() + "\n");
        }
        if (arguments.has(Flag.HOT_RESTART_VERSION)) {
            return new Request.Print("disabled\n");
        }
        return new Request.Run(new Reader(arguments).read());
    }

    /** Checks in Envoy's order, which decides the message when several values are bad. */
    private record Reader(Arguments values) {
        Options read() throws UsageException {
            long concurrency = !values.has(Flag.CONCURRENCY) ? 0 : uint32(Flag.CONCURRENCY);
            long drainTime = uint32(Flag.DRAIN_TIME_S);
            long parentShutdown = uint32(Flag.PARENT_SHUTDOWN_TIME_S);
            long flushInterval = uint32(Flag.FILE_FLUSH_INTERVAL_MSEC);
            long flushSize = uint32(Flag.FILE_FLUSH_MIN_SIZE_KB);
            long baseId = uint32(Flag.BASE_ID);
            long epoch = uint32(Flag.RESTART_EPOCH);
            String level = level();
            Map<String, String> components = components();
            if (values.has(Flag.USE_DYNAMIC_BASE_ID) && epoch > 0) {
                throw plain("cannot use --restart-epoch=" + epoch + " with --use-dynamic-base-id");
            }
            Mode mode = mode();
            checkIpVersion();
            boolean gradual = gradual();
            checkTags();
            return new Options(
                    mode,
                    values.text(Flag.CONFIG_PATH),
                    values.text(Flag.CONFIG_YAML),
                    values.has(Flag.ALLOW_UNKNOWN_STATIC_FIELDS)
                            || values.has(Flag.ALLOW_UNKNOWN_FIELDS),
                    values.has(Flag.REJECT_UNKNOWN_DYNAMIC_FIELDS),
                    values.has(Flag.IGNORE_UNKNOWN_DYNAMIC_FIELDS),
                    !values.has(Flag.CONCURRENCY)
                            ? Optional.empty()
                            : Optional.of((int) Math.min(concurrency, Integer.MAX_VALUE)),
                    values.has(Flag.CPUSET_THREADS),
                    values.text(Flag.ADMIN_ADDRESS_PATH),
                    values.text(Flag.LOCAL_ADDRESS_IP_VERSION),
                    level,
                    components,
                    values.text(Flag.LOG_FORMAT),
                    values.has(Flag.LOG_FORMAT_ESCAPED),
                    values.text(Flag.LOG_PATH),
                    values.text(Flag.SERVICE_CLUSTER),
                    values.text(Flag.SERVICE_NODE),
                    values.text(Flag.SERVICE_ZONE),
                    Duration.ofMillis(flushInterval),
                    (int) Math.min(flushSize, Integer.MAX_VALUE),
                    Duration.ofSeconds(drainTime),
                    gradual,
                    Duration.ofSeconds(parentShutdown),
                    baseId,
                    values.has(Flag.USE_DYNAMIC_BASE_ID),
                    values.text(Flag.BASE_ID_PATH),
                    values.text(Flag.LAST_GOOD_CONFIG_PATH),
                    epoch,
                    values.texts(Flag.STATS_TAG),
                    values.given().stream().filter(IGNORED::contains).map(Flag::longName).toList());
        }

        private long uint32(Flag flag) throws UsageException {
            String text = values.text(flag);
            try {
                long value = Long.parseLong(text);
                if (value >= 0 && value <= UINT32_MAX) {
                    return value;
                }
            } catch (NumberFormatException e) {
                throw notANumber(flag, text);
            }
            throw notANumber(flag, text);
        }

        private static UsageException notANumber(Flag flag, String text) {
            return Usage.error(
                    "(" + flag.longName() + ")",
                    "Couldn't read argument value from string '" + text + "'");
        }

        private String level() throws UsageException {
            String level = values.text(Flag.LOG_LEVEL).toLowerCase(Locale.ROOT);
            if (!LEVELS.contains(level)) {
                throw plain("invalid log level specified '" + values.text(Flag.LOG_LEVEL) + "'");
            }
            return level.equals("warn") ? "warning" : level;
        }

        private Map<String, String> components() throws UsageException {
            Map<String, String> levels = new LinkedHashMap<>();
            if (values.text(Flag.COMPONENT_LOG_LEVEL).isEmpty()) {
                return levels;
            }
            if (values.has(Flag.ENABLE_FINE_GRAIN_LOGGING)) {
                throw plain("--component-log-level will not work with --enable-fine-grain-logging");
            }
            for (String each : values.text(Flag.COMPONENT_LOG_LEVEL).split(",")) {
                String[] parts = each.split(":");
                if (parts.length != 2) {
                    throw plain("component log level not correctly specified '" + each + "'");
                }
                String level = parts[1].toLowerCase(Locale.ROOT);
                if (!LEVELS.contains(level)) {
                    throw plain("invalid log level specified '" + parts[1] + "'");
                }
                if (!LogComponents.isKnown(parts[0])) {
                    throw plain("invalid component specified '" + parts[0] + "'");
                }
                levels.put(parts[0], level.equals("warn") ? "warning" : level);
            }
            return levels;
        }

        private Mode mode() throws UsageException {
            return switch (values.text(Flag.MODE)) {
                case "serve" -> Mode.SERVE;
                case "validate" -> Mode.VALIDATE;
                case "init_only" -> Mode.INIT_ONLY;
                default -> throw plain("unknown mode '" + values.text(Flag.MODE) + "'");
            };
        }

        private void checkIpVersion() throws UsageException {
            if (!Set.of("v4", "v6").contains(values.text(Flag.LOCAL_ADDRESS_IP_VERSION))) {
                throw plain(
                        "unknown IP address version '"
                                + values.text(Flag.LOCAL_ADDRESS_IP_VERSION)
                                + "'");
            }
        }

        private boolean gradual() throws UsageException {
            return switch (values.text(Flag.DRAIN_STRATEGY)) {
                case "gradual" -> true;
                case "immediate" -> false;
                default ->
                        throw plain(
                                "unknown drain-strategy '"
                                        + values.text(Flag.DRAIN_STRATEGY)
                                        + "'");
            };
        }

        private void checkTags() throws UsageException {
            Set<String> names = new HashSet<>();
            for (String tag : values.texts(Flag.STATS_TAG)) {
                int colon = tag.indexOf(':');
                if (colon <= 0 || colon == tag.length() - 1) {
                    throw plain("misformatted stats-tag '" + tag + "'");
                }
                String name = tag.substring(0, colon);
                String value = tag.substring(colon + 1);
                if (!TAG_NAME.matcher(name).matches()) {
                    throw badTag(tag, name);
                }
                if (!TAG_VALUE.matcher(value).matches()) {
                    throw badTag(tag, value);
                }
                var _ = names.add(name);
            }
        }

        private static UsageException badTag(String tag, String part) {
            return plain(
                    "misformatted stats-tag '" + tag + "' contains invalid char in '" + part + "'");
        }

        private static UsageException plain(String text) {
            return new UsageException("error: " + text + "\n");
        }
    }
}
