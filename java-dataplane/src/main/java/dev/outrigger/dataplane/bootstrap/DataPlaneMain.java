// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

import dev.outrigger.dataplane.ads.NettyMainLoop;
import dev.outrigger.dataplane.config.BootstrapConfig;
import dev.outrigger.dataplane.document.ConfigException;
import dev.outrigger.dataplane.downstream.NettyRequestPath;
import dev.outrigger.dataplane.downstream.Place;
import dev.outrigger.dataplane.downstream.RequestPathOptions;
import dev.outrigger.dataplane.runtime.RuntimeLayers;
import dev.outrigger.dataplane.state.RequestPath;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.upstream.LocalityKey;
import java.io.PrintStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data plane's main. Takes Envoy's command line ({@link CommandLine}); ends with 0 when told to
 * end, with 1 when it cannot start.
 */
public final class DataPlaneMain {
    private static final Logger log = LoggerFactory.getLogger(DataPlaneMain.class);

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
            var _ = Bootstraps.read(options);
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
        Server server;
        try {
            server = Server.start(Bootstraps.read(options), options, DataPlaneMain::requestPath);
        } catch (ConfigException e) {
            Logging.critical(
                    "error `"
                            + e.getMessage()
                            + "` initializing config '"
                            + options.configYaml()
                            + " "
                            + options.configPath()
                            + "'");
            log.info("exiting");
            err.println(e.getMessage());
            return 1;
        }
        Signals.handle(
                name -> {
                    log.warn("caught ENVOY_{}", name);
                    server.requestEnd();
                },
                () -> {
                    log.info("caught ENVOY_SIGUSR1");
                    server.reopenLogs();
                });
        try {
            server.awaitEnd();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        log.info("shutting down server instance");
        server.close();
        log.info("main dispatch loop exited");
        log.info("exiting");
        return 0;
    }

    /** The process's own request path. */
    static RequestPath requestPath(
            StatsStore stats,
            Options options,
            RuntimeLayers runtime,
            BootstrapConfig bootstrap,
            NettyMainLoop loop) {
        var node = bootstrap.node();
        var manager = bootstrap.clusterManager();
        var defaults = RequestPathOptions.defaults(options.workers());
        return new NettyRequestPath(
                stats,
                new RequestPathOptions(
                        options.workers(),
                        defaults.transport(),
                        defaults.clock(),
                        defaults.nanoTime(),
                        defaults.randoms(),
                        options.drainTime(),
                        options.gradualDrain(),
                        options.fileFlushInterval(),
                        options.fileFlushMinSizeKb() << 10,
                        node.cluster(),
                        node.id(),
                        runtime),
                new Place(
                        new LocalityKey(node.region(), node.zone(), node.subZone()),
                        manager.localCluster(),
                        manager.outlierEventLogPath()),
                loop);
    }
}
