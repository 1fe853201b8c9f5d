// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

import dev.outrigger.dataplane.bootstrap.Options.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Envoy 1.40's command line: the same flags, defaults, checks and error texts, so that what scripts
 * Envoy scripts this proxy. {@code --flag=value} works besides {@code --flag value}.
 *
 * <p>Accepted and ignored, because what they steer is not there: {@code --base-id}, {@code
 * --use-dynamic-base-id} (apart from writing {@code --base-id-path}), {@code --restart-epoch},
 * {@code --parent-shutdown-time-s}, {@code --disable-hot-restart}, {@code
 * --skip-hot-restart-on-no-parent}, {@code --skip-hot-restart-parent-stats}, {@code --socket-path},
 * {@code --socket-mode} (no hot restart); {@code --enable-core-dump}, {@code
 * --enable-mutex-tracing}, {@code --disable-extensions}, {@code --cpuset-threads}, {@code
 * --enable-fine-grain-logging}, {@code --skip-deprecated-logs}, {@code
 * --log-stacktrace-single-entry}, {@code --local-address-ip-version}, {@code --stats-tag}. Those
 * given are named in the log at debug.
 */
final class CommandLine {
    static final String PROGRAM = "outrigger-proxy";

    private static final Set<String> LEVELS =
            Set.of("trace", "debug", "info", "warning", "warn", "error", "critical", "off");

    private static final Set<String> IGNORED =
            Set.of(
                    "--base-id",
                    "--use-dynamic-base-id",
                    "--restart-epoch",
                    "--parent-shutdown-time-s",
                    "--disable-hot-restart",
                    "--skip-hot-restart-on-no-parent",
                    "--skip-hot-restart-parent-stats",
                    "--socket-path",
                    "--socket-mode",
                    "--enable-core-dump",
                    "--enable-mutex-tracing",
                    "--disable-extensions",
                    "--cpuset-threads",
                    "--enable-fine-grain-logging",
                    "--skip-deprecated-logs",
                    "--log-stacktrace-single-entry",
                    "--local-address-ip-version",
                    "--stats-tag");

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
        var values = new CommandLineSpec();
        var picocli = new picocli.CommandLine(values);
        picocli.setOverwrittenOptionsAllowed(false);
        picocli.setExpandAtFiles(false);
        List<String> given = new ArrayList<>();
        try {
            picocli.parseArgs(args)
                    .matchedOptions()
                    .forEach(option -> given.add(option.longestName()));
        } catch (ParameterException e) {
            throw usage(picocli.getCommandSpec(), e);
        }
        if (values.help) {
            return new Request.Print(Usage.full(picocli.getCommandSpec()));
        }
        if (values.version) {
            return new Request.Print(Version.line() + "\n");
        }
        if (values.hotRestartVersion) {
            return new Request.Print("disabled\n");
        }
        return new Request.Run(new Reader(picocli.getCommandSpec(), values).read(given));
    }

    private static UsageException usage(CommandSpec spec, ParameterException e) {
        return switch (e) {
            case UnmatchedArgumentException unmatched ->
                    error(
                            spec,
                            unmatched.getUnmatched().getFirst(),
                            "Couldn't find match for argument");
            case MissingParameterException missing ->
                    error(
                            spec,
                            label(missing.getMissing().getFirst()),
                            "Missing a value for this argument!");
            case OverwrittenOptionException twice ->
                    error(spec, label(twice.getOverwritten()), "Argument already set!");
            default -> error(spec, label(e.getArgSpec()), String.valueOf(e.getMessage()));
        };
    }

    /** {@code -c (--config-path)}, or {@code (--concurrency)} without a short name. */
    private static String label(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option)) {
            return "";
        }
        String longName = "(" + option.longestName() + ")";
        String shortName = option.shortestName();
        return shortName.equals(option.longestName()) ? longName : shortName + " " + longName;
    }

    private static UsageException error(CommandSpec spec, String argument, String problem) {
        return new UsageException(
                "PARSE ERROR: Argument: "
                        + argument
                        + "\n             "
                        + problem
                        + "\n\n"
                        + Usage.brief(spec)
                        + "\n"
                        + argument
                        + " -- "
                        + problem
                        + "\n");
    }

    /** Checks in Envoy's order, which decides the message when several values are bad. */
    private record Reader(CommandSpec spec, CommandLineSpec values) {
        Options read(List<String> given) throws UsageException {
            long concurrency =
                    values.concurrency == null ? 0 : uint32("--concurrency", values.concurrency);
            long drainTime = uint32("--drain-time-s", values.drainTimeS);
            long parentShutdown = uint32("--parent-shutdown-time-s", values.parentShutdownTimeS);
            long flushInterval = uint32("--file-flush-interval-msec", values.fileFlushIntervalMsec);
            long flushSize = uint32("--file-flush-min-size-kb", values.fileFlushMinSizeKb);
            long baseId = uint32("--base-id", values.baseId);
            long epoch = uint32("--restart-epoch", values.restartEpoch);
            String level = level();
            Map<String, String> components = components();
            if (values.useDynamicBaseId && epoch > 0) {
                throw plain("cannot use --restart-epoch=" + epoch + " with --use-dynamic-base-id");
            }
            Mode mode = mode();
            checkIpVersion();
            boolean gradual = gradual();
            checkTags();
            return new Options(
                    mode,
                    values.configPath,
                    values.configYaml,
                    values.allowUnknownStaticFields || values.allowUnknownFields,
                    values.rejectUnknownDynamicFields,
                    values.ignoreUnknownDynamicFields,
                    values.concurrency == null
                            ? Optional.empty()
                            : Optional.of((int) Math.min(concurrency, Integer.MAX_VALUE)),
                    values.cpusetThreads,
                    values.adminAddressPath,
                    values.localAddressIpVersion,
                    level,
                    components,
                    values.logFormat,
                    values.logFormatEscaped,
                    values.logPath,
                    values.serviceCluster,
                    values.serviceNode,
                    values.serviceZone,
                    Duration.ofMillis(flushInterval),
                    (int) Math.min(flushSize, Integer.MAX_VALUE),
                    Duration.ofSeconds(drainTime),
                    gradual,
                    Duration.ofSeconds(parentShutdown),
                    baseId,
                    values.useDynamicBaseId,
                    values.baseIdPath,
                    epoch,
                    values.statsTag,
                    given.stream().filter(IGNORED::contains).toList());
        }

        private long uint32(String name, String text) throws UsageException {
            try {
                long value = Long.parseLong(text);
                if (value >= 0 && value <= UINT32_MAX) {
                    return value;
                }
            } catch (NumberFormatException e) {
                throw notANumber(name, text);
            }
            throw notANumber(name, text);
        }

        private UsageException notANumber(String name, String text) {
            return error(
                    spec,
                    "(" + name + ")",
                    "Couldn't read argument value from string '" + text + "'");
        }

        private String level() throws UsageException {
            String level = values.logLevel.toLowerCase(Locale.ROOT);
            if (!LEVELS.contains(level)) {
                throw plain("invalid log level specified '" + values.logLevel + "'");
            }
            return level.equals("warn") ? "warning" : level;
        }

        private Map<String, String> components() throws UsageException {
            Map<String, String> levels = new LinkedHashMap<>();
            if (values.componentLogLevel.isEmpty()) {
                return levels;
            }
            if (values.enableFineGrainLogging) {
                throw plain("--component-log-level will not work with --enable-fine-grain-logging");
            }
            for (String each : values.componentLogLevel.split(",")) {
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
            return switch (values.mode) {
                case "serve" -> Mode.SERVE;
                case "validate" -> Mode.VALIDATE;
                case "init_only" -> Mode.INIT_ONLY;
                default -> throw plain("unknown mode '" + values.mode + "'");
            };
        }

        private void checkIpVersion() throws UsageException {
            if (!Set.of("v4", "v6").contains(values.localAddressIpVersion)) {
                throw plain("unknown IP address version '" + values.localAddressIpVersion + "'");
            }
        }

        private boolean gradual() throws UsageException {
            return switch (values.drainStrategy) {
                case "gradual" -> true;
                case "immediate" -> false;
                default -> throw plain("unknown drain-strategy '" + values.drainStrategy + "'");
            };
        }

        private void checkTags() throws UsageException {
            Set<String> names = new HashSet<>();
            for (String tag : values.statsTag) {
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
