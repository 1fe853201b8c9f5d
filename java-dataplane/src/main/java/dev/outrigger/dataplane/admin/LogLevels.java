// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * {@code /logging} (AD7): Envoy's logger names, each mapped to the packages that do its work. Names
 * without a counterpart keep their level and do nothing. Main loop only.
 */
final class LogLevels {
    private static final String ROOM = "dev.outrigger.dataplane.";
    private static final Map<String, Level> LEVELS = levels();

    /** Envoy's loggers that have a counterpart here, with its packages. */
    private static final Map<String, List<String>> LOGGERS = loggers();

    private final Map<String, String> current = new LinkedHashMap<>();

    /** The loggers set so far: the platform forgets those nobody holds. */
    private final List<Logger> held = new ArrayList<>();

    private LogLevels() {}

    static LogLevels of(ProcessInfo process) {
        var levels = new LogLevels();
        String initial =
                String.valueOf(process.commandLineOptions().getOrDefault("log_level", "info"));
        LOGGERS.keySet().forEach(name -> levels.current.put(name, initial));
        return levels;
    }

    AdminResponse answer(Query query) {
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
            case "level" -> current.keySet().forEach(name -> wanted.put(name, value));
            case "paths" -> {
                for (String part : value.split(",", -1)) {
                    int colon = part.lastIndexOf(':');
                    if (colon < 0) {
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
        wanted.forEach(this::set);
        return "";
    }

    private void set(String name, String level) {
        current.put(name, level.equals("warn") ? "warning" : level);
        Level wanted = LEVELS.getOrDefault(level, Level.INFO);
        for (String room : LOGGERS.getOrDefault(name, List.of())) {
            var logger = Logger.getLogger(ROOM + room);
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
        levels: trace debug info warning error critical off\s
        """;
    }

    private static Map<String, Level> levels() {
        var levels = new LinkedHashMap<String, Level>();
        levels.put("trace", Level.FINEST);
        levels.put("debug", Level.FINE);
        levels.put("info", Level.INFO);
        levels.put("warning", Level.WARNING);
        levels.put("warn", Level.WARNING);
        levels.put("error", Level.SEVERE);
        levels.put("critical", Level.SEVERE);
        levels.put("off", Level.OFF);
        return levels;
    }

    private static Map<String, List<String>> loggers() {
        var loggers = new LinkedHashMap<String, List<String>>();
        loggers.put("admin", List.of("admin"));
        loggers.put("client", List.of());
        loggers.put("config", List.of("ads", "parse", "state"));
        loggers.put("connection", List.of("downstream"));
        loggers.put("conn_handler", List.of("downstream"));
        loggers.put("dns", List.of("ads"));
        loggers.put("file", List.of("accesslog"));
        loggers.put("filter", List.of("filter"));
        loggers.put("grpc", List.of("ads"));
        loggers.put("health_checker", List.of());
        loggers.put("http", List.of("downstream", "message"));
        loggers.put("init", List.of("state"));
        loggers.put("main", List.of("bootstrap"));
        loggers.put("misc", List.of());
        loggers.put("pool", List.of("upstream"));
        loggers.put("rds", List.of("state"));
        loggers.put("router", List.of("exchange", "route"));
        loggers.put("runtime", List.of());
        loggers.put("stats", List.of("telemetry"));
        loggers.put("upstream", List.of("upstream"));
        return loggers;
    }
}
