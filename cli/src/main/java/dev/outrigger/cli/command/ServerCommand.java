// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.net.HostPort;
import dev.outrigger.cli.net.Ports;
import dev.outrigger.policy.rest.ApiSecurityException;
import dev.outrigger.policy.store.StoreUnavailable;
import dev.outrigger.xds.CannotListenException;
import dev.outrigger.xds.ControlPlane;
import dev.outrigger.xds.ControlPlaneOptions;
import dev.outrigger.xds.ControlPlaneOptions.Listen;
import dev.outrigger.xds.security.PlaintextRefusedException;
import dev.outrigger.xds.security.TlsFilesException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the control plane until it is told to stop. */
@Command(
        name = "server",
        description = "Runs the control plane: REST, metrics and xDS.",
        mixinStandardHelpOptions = true)
final class ServerCommand implements Callable<Integer> {
    private static final String SHOWN = " Default: ${DEFAULT-VALUE}; port 0 takes a free one.";

    /** Time, level, logger, message and stack, on one line as far as possible. */
    private static final String LOG_FORMAT = "%1$tFT%1$tT.%1$tL%1$tz %4$s %3$s: %5$s%6$s%n";

    private final Console console;

    @Option(
            names = "--rest",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:8470",
            description = "The REST API." + SHOWN)
    private HostPort rest = HostPort.loopback(8470);

    @Option(
            names = "--admin",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:8471",
            description = "Metrics and health." + SHOWN)
    private HostPort admin = HostPort.loopback(8471);

    @Option(
            names = "--admin-plaintext",
            description =
                    "Metrics and health even where others can reach them: whoever does reads the"
                            + " names of services and proxies.")
    private boolean adminPlaintext;

    @Option(
            names = "--xds",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:18000",
            description = "xDS, for the proxies." + SHOWN)
    private HostPort xds = HostPort.loopback(18_000);

    @Option(
            names = "--store",
            paramLabel = "FILE",
            description =
                    "Where the documents are kept."
                            + " Default: $XDG_STATE_HOME/outrigger/store.db, or the same below"
                            + " ~/.local/state.")
    private @Nullable Path store;

    @Option(
            names = "--any-endpoint",
            description = "Accept services at link-local addresses and at the server's own ports.")
    private boolean anyEndpoint;

    @Mixin private final ProxiesOption proxies = new ProxiesOption();

    @Mixin private final RolloutFlags rollout = new RolloutFlags();

    @Mixin private final XdsPortOptions port = new XdsPortOptions();

    @Mixin private final ApiPortOptions api = new ApiPortOptions();

    ServerCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        System.setProperty("java.util.logging.SimpleFormatter.format", LOG_FORMAT);
        requireAdmin();
        Ports.requireFree("REST API", "--rest", rest);
        Ports.requireFree("admin socket", "--admin", admin);
        Ports.requireFree("xDS server", "--xds", xds);
        var file = store == null ? defaultStore(console) : store.toAbsolutePath();
        var controlPlane = start(file);
        Runtime.getRuntime().addShutdownHook(new Thread(controlPlane::close, "shutdown"));
        boolean isTls = api.security().tls().isPresent();
        console.data(
                (isTls ? "rest   https://" : "rest   http://")
                        + new HostPort(rest.host(), controlPlane.restPort()));
        console.data("admin  http://" + new HostPort(admin.host(), controlPlane.adminPort()));
        console.data("xds    " + new HostPort(xds.host(), controlPlane.xdsPort()));
        console.note("store  " + file);
        // Ended by a signal: the hook above closes everything.
        new CountDownLatch(1).await();
        return ExitCode.OK.number();
    }

    /** It knows neither TLS nor callers: Prometheus asks it as it asks everything. */
    private void requireAdmin() {
        if (!adminPlaintext && !admin.isLoopback()) {
            throw CliFailure.of(
                            ExitCode.USAGE,
                            "metrics on "
                                    + admin
                                    + " would be plaintext, and whoever reaches them reads the"
                                    + " names of services and proxies")
                    .withNext("give --admin=127.0.0.1:PORT, or --admin-plaintext if everybody may");
        }
    }

    private ControlPlane start(Path file) {
        try {
            return ControlPlane.start(
                    ControlPlaneOptions.at(file)
                            .withRest(new Listen(rest.host(), rest.port()))
                            .withAdmin(new Listen(admin.host(), admin.port()))
                            .withXds(new Listen(xds.host(), xds.port()))
                            .withCapabilities(proxies.capabilities())
                            .withAnyEndpoint(anyEndpoint)
                            .withRollout(rollout.options())
                            .withSecurity(port.security())
                            .withApiSecurity(api.security()));
        } catch (ApiSecurityException e) {
            throw CliFailure.of(ExitCode.USAGE, String.valueOf(e.getMessage()))
                    .withCause(e)
                    .withNext(
                            "give --api-cert and --api-key with --api-issuer or --api-client-ca, or"
                                    + " --rest=127.0.0.1:PORT");
        } catch (PlaintextRefusedException e) {
            throw CliFailure.of(ExitCode.USAGE, String.valueOf(e.getMessage()))
                    .withCause(e)
                    .withNext(
                            "give --xds-cert, --xds-key and --xds-ca, or --xds-plaintext if"
                                    + " everybody there may");
        } catch (TlsFilesException e) {
            throw CliFailure.of(ExitCode.USAGE, String.valueOf(e.getMessage())).withCause(e);
        } catch (CannotListenException | StoreUnavailable e) {
            throw CliFailure.of(ExitCode.UNREACHABLE, String.valueOf(e.getMessage())).withCause(e);
        }
    }

    static Path defaultStore(Console console) {
        var home = Path.of(System.getProperty("user.home", "."), ".local", "state");
        // The XDG base directory specification: a relative value is to be ignored.
        var state = Path.of(console.variable("XDG_STATE_HOME", home.toString()));
        return (state.isAbsolute() ? state : home).resolve("outrigger").resolve("store.db");
    }
}
