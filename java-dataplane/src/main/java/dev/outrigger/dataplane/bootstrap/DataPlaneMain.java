// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

import java.io.PrintStream;

/**
 * The data plane's main. Takes Envoy's command line ({@link CommandLine}); ends with 0 when told to
 * end, with 1 when it cannot start.
 */
public final class DataPlaneMain {
    private DataPlaneMain() {}

    public static void main(String[] args) {
        int code = run(args, System.out, System.err);
        System.out.flush();
        System.exit(code);
    }

    /** All of it but ending the process. */
    static int run(String[] args, PrintStream out, PrintStream err) {
        Options options;
        try {
            switch (CommandLine.parse(args)) {
                case CommandLine.Request.Print(var text) -> {
                    out.print(text);
                    out.flush();
                    return 0;
                }
                case CommandLine.Request.Run(var parsed) -> options = parsed;
            }
            Logging.configure(options, err);
        } catch (UsageException e) {
            err.print(e.getMessage());
            err.flush();
            return 1;
        } catch (ConfigException e) {
            err.println("error: " + e.getMessage());
            return 1;
        }
        return switch (options.mode()) {
            case VALIDATE -> validate(options, out);
            case SERVE, INIT_ONLY -> serve(options, err);
        };
    }

    private static int validate(Options options, PrintStream out) {
        try {
            var unused = Bootstraps.read(options);
        } catch (ConfigException e) {
            Logging.critical(
                    "error initializing configuration '"
                            + options.configPath()
                            + "': "
                            + e.getMessage());
            return 1;
        }
        out.println("configuration '" + options.configPath() + "' OK");
        out.flush();
        return 0;
    }

    private static int serve(Options options, PrintStream err) {
        return 1;
    }
}
