// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

import dev.outrigger.dataplane.admin.LogComponents;
import dev.outrigger.dataplane.document.ConfigException;
import java.io.IOException;
import java.io.PrintStream;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.FileHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;

/** Sets the process's log up as the command line wants it. */
final class Logging {
    /** Held, because java.util.logging keeps loggers by weak reference only. */
    private static final List<Logger> LEVELLED = new ArrayList<>();

    private static final Logger MAIN = Logger.getLogger("dev.outrigger.dataplane.bootstrap");

    private Logging() {}

    /**
     * @param err where lines go without {@code --log-path}
     */
    static synchronized void configure(Options options, PrintStream err) throws ConfigException {
        LogManager.getLogManager().reset();
        var layout = new LogLayout(options.logFormat(), options.logFormatEscaped(), ZoneOffset.UTC);
        Handler handler;
        if (options.logPath().isEmpty()) {
            handler = new FlushingHandler(err, layout);
        } else {
            try {
                handler = new FileHandler(options.logPath().replace("%", "%%"), true);
                handler.setFormatter(layout);
            } catch (IOException e) {
                throw new ConfigException(
                        "Failed to open log-file '" + options.logPath() + "': " + e.getMessage(),
                        e);
            }
        }
        handler.setLevel(Level.ALL);
        Logger root = Logger.getLogger("");
        root.addHandler(handler);
        root.setLevel(level(options.logLevel()));
        LEVELLED.clear();
        // Netty's and gRPC's own debug lines drown ours; ask for them by component.
        for (String name : List.of("io.netty", "io.grpc")) {
            set(name, quieter(level(options.logLevel())));
        }
        for (Map.Entry<String, String> each : options.componentLogLevels().entrySet()) {
            LogComponents.loggers(each.getKey()).forEach(n -> set(n, level(each.getValue())));
        }
    }

    /** Logs at Envoy's critical, which SLF4J does not have. */
    static void critical(String message) {
        MAIN.log(LogLayout.CRITICAL, message);
    }

    private static void set(String name, Level level) {
        Logger logger = Logger.getLogger(name);
        logger.setLevel(level);
        LEVELLED.add(logger);
    }

    private static Level quieter(Level level) {
        return level.intValue() < Level.WARNING.intValue() ? Level.WARNING : level;
    }

    /** Of a name already checked. */
    static Level level(String name) {
        return switch (name) {
            case "trace" -> Level.ALL;
            case "debug" -> Level.FINE;
            case "info" -> Level.INFO;
            case "warning" -> Level.WARNING;
            case "error" -> Level.SEVERE;
            case "critical" -> LogLayout.CRITICAL;
            case "off" -> Level.OFF;
            default ->
                    throw new IllegalArgumentException(
                            "level: " + name + " (expected: one of Envoy's)");
        };
    }

    /** Writes each line at once: a log that lags a crash is no help. */
    private static final class FlushingHandler extends StreamHandler {
        FlushingHandler(PrintStream out, LogLayout layout) {
            super(out, layout);
        }

        @Override
        public synchronized void publish(LogRecord record) {
            super.publish(record);
            flush();
        }

        /** The stream is the process's; it stays open. */
        @Override
        public synchronized void close() {
            flush();
        }
    }
}
