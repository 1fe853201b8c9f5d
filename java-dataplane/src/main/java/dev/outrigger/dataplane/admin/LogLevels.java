// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import dev.outrigger.dataplane.admin.AdminRoute.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * {@code /logging} (AD7): the levels of Envoy's loggers. Those without a counterpart here keep
 * theirs and do nothing. Main loop only.
 */
final class LogLevels {
    private static final Map<String, Level> LEVELS = levels();

    private final Map<String, String> current = new LinkedHashMap<>();

    /** The loggers set so far: the platform forgets those nobody holds. */
    private final List<Logger> held = new ArrayList<>();

    private LogLevels() {}

    /** With the levels of the command line. */
    static LogLevels of(ProcessInfo process) {
        var levels = new LogLevels();
        var options = process.commandLineOptions();
        String initial = known(String.valueOf(options.getOrDefault("log_level", "info")));
        LogComponents.names().forEach(name -> levels.current.put(name, initial));
        String components = String.valueOf(options.getOrDefault("component_log_level", ""));
        for (String part : components.split(",")) {
            int colon = part.indexOf(':');
            if (colon > 0) {
                levels.current.replace(part.substring(0, colon), known(part.substring(colon + 1)));
            }
        }
        return levels;
    }

    private static String known(String level) {
        return level.equals("warn") ? "warning" : level;
    }

    AdminRoute route() {
        return AdminRoute.post(
                "/logging",
                "query/change logging levels",
                this::answer,
                Parameter.text(
                        "paths",
                        "Change multiple logging levels by setting to"
                                + " <logger_name1>:<desired_level1>,<logger_name2>:<desired_level2>"),
                Parameter.text(
                        "group", "Change a group of loggers: <logger_group_name>:<desired_level>"),
                Parameter.choice(
                        "level",
                        "desired logging level, this will change all loggers's level",
                        "",
                        "trace",
                        "debug",
                        "info",
                        "warning",
                        "error",
                        "critical",
                        "off"));
    }

    private AdminResponse answer(Query query) {
        var parameters = query.parameters();
        String error = "";
        if (parameters.size() > 1) {
            error = "invalid number of parameters";
        } else if (parameters.size() == 1) {
            var parameter = parameters.entrySet().iterator().next();
            if (!parameter.getValue().isEmpty()) {
                error = change(parameter.getKey(), parameter.getValue());
            }
        }
        if (error.isEmpty()) {
            return AdminResponse.text(200, list());
        }
        return AdminResponse.text(400, "error: " + error + "\n\n" + usage() + list());
    }

    private String change(String key, String value) {
        var wanted = new LinkedHashMap<String, String>();
        switch (key) {
            case "level" -> LogComponents.names().forEach(name -> wanted.put(name, value));
            case "group" -> {
                return "group parameter requires fine-grain logging to be enabled";
            }
            case "paths" -> {
                // A comma at the end is no empty entry.
                for (String part : value.split(",")) {
                    int colon = part.indexOf(':');
                    if (colon <= 0 || colon == part.length() - 1) {
                        return "empty logger name or empty logger level";
                    }
                    wanted.put(part.substring(0, colon), part.substring(colon + 1));
                }
            }
            default -> wanted.put(key, value);
        }
        for (var each : wanted.entrySet()) {
            if (!LEVELS.containsKey(each.getValue())) {
                return "unknown logger level";
            }
            if (!current.containsKey(each.getKey())) {
                return "unknown logger name";
            }
        }
        boolean all = key.equals("level");
        wanted.forEach((name, level) -> set(name, level, all));
        return "";
    }

    /**
     * @param all whether every logger is set: the lines of libraries, which would drown ours, are
     *     for those who ask for them by name
     */
    private void set(String name, String level, boolean all) {
        current.put(name, level);
        Level wanted = LEVELS.getOrDefault(level, Level.INFO);
        for (String each : LogComponents.loggers(name)) {
            if (all && LogComponents.isOfALibrary(each)) {
                continue;
            }
            var logger = Logger.getLogger(each);
            logger.setLevel(wanted);
            held.add(logger);
        }
        for (Handler handler : Logger.getLogger("").getHandlers()) {
            handler.setLevel(Level.ALL);
        }
    }

    private String list() {
        var out = new StringBuilder("active loggers:\n");
        current.forEach((name, level) ->
                out.append("  ").append(name).append(": ").append(level).append('\n'));
        return out.append('\n').toString();
    }

    private static String usage() {
        return """
        usage: /logging?<name>=<level> (change single level)
        usage: /logging?paths=name1:level1,name2:level2,... (change multiple levels)
        usage: /logging?level=<level> (change all levels)
        usage: /logging?group=<group_name>:<level> (change group of loggers)
        levels: trace debug info warning error critical off\s
        """;
    }

    private static Map<String, Level> levels() {
        var levels = new LinkedHashMap<String, Level>();
        levels.put("trace", Level.FINEST);
        levels.put("debug", Level.FINE);
        levels.put("info", Level.INFO);
        levels.put("warning", Level.WARNING);
        levels.put("error", Level.SEVERE);
        levels.put("critical", Level.SEVERE);
        levels.put("off", Level.OFF);
        return levels;
    }
}
