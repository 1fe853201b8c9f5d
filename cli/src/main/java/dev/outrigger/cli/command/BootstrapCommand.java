// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.net.HostPort;
import dev.outrigger.cli.process.Successor;
import dev.outrigger.envoy.Envoy;
import dev.outrigger.envoy.EnvoyProvision;
import dev.outrigger.envoy.ProvisionOptions;
import dev.outrigger.xds.bootstrap.BootstrapTemplate;
import dev.outrigger.xds.bootstrap.BootstrapTemplate.ClientTls;
import dev.outrigger.xds.bootstrap.BootstrapTemplate.ServerName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints a bootstrap, or starts a proxy with it; needs no control plane. */
@Command(
        name = "bootstrap",
        description = {
            "Prints a ready bootstrap for a service's sidecar, for Envoy and the Java data plane.",
            "Both read the same one; the label 'flavor' tells selectors which is which.",
            "With --exec starts the proxy with it instead, in the place of this command."
        },
        mixinStandardHelpOptions = true)
final class BootstrapCommand implements Callable<Integer> {
    /** Lower case, because that is how it is typed. */
    enum Flavor {
        envoy,
        java
    }

    private final Console console;

    @Parameters(index = "0", paramLabel = "envoy|java", description = "Which proxy reads it.")
    private Flavor flavor = Flavor.envoy;

    @Parameters(
            index = "1..*",
            paramLabel = "PROXY FLAG",
            description = "With --exec, behind --: the proxy's own flags.")
    private List<String> flags = List.of();

    @Option(
            names = "--exec",
            description =
                    "Start the proxy with it: the Envoy that the demo would find, or the Java data"
                            + " plane. Signals and the exit code are the proxy's.")
    private boolean isExec;

    @Option(
            names = "--service",
            required = true,
            paramLabel = "NAME",
            description = "Whose sidecar it is: the node's cluster.")
    private String service = "";

    @Option(
            names = "--id",
            paramLabel = "ID",
            description = "The node's id. Default: SERVICE-FLAVOR.")
    private String id = "";

    @Option(
            names = "--admin-port",
            paramLabel = "PORT",
            defaultValue = "9901",
            description = "On 127.0.0.1; 0 takes a free one. Default: ${DEFAULT-VALUE}.")
    private int adminPort = 9901;

    @Option(
            names = "--xds",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:18000",
            description = "The control plane's xDS address. Default: ${DEFAULT-VALUE}.")
    private HostPort xds = HostPort.loopback(18_000);

    @Option(
            names = "--label",
            paramLabel = "KEY=VALUE",
            description = "For selectors; may be repeated.")
    private Map<String, String> labels = Map.of();

    @Option(
            names = "--xds-cert",
            paramLabel = "FILE",
            description = "The proxy's certificate, as a path on its machine: makes it use TLS.")
    private String certificate = "";

    @Option(names = "--xds-key", paramLabel = "FILE", description = "Its private key, likewise.")
    private String key = "";

    @Option(
            names = "--xds-ca",
            paramLabel = "FILE",
            description = "Whose certificate the control plane has, likewise.")
    private String authorities = "";

    @Option(
            names = "--xds-server-name",
            paramLabel = "NAME",
            description =
                    "What that certificate must call the control plane: a SPIFFE ID, DNS name or"
                            + " address. Default: the host of --xds.")
    private String serverName = "";

    BootstrapCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (service.isBlank()) {
            throw CliFailure.of(ExitCode.USAGE, "--service is empty (expected: a service's name)");
        }
        if (!isExec && !flags.isEmpty()) {
            throw CliFailure.of(
                    ExitCode.USAGE, flags.getFirst() + " is for the proxy (expected: with --exec)");
        }
        var all = new TreeMap<>(Map.of("flavor", flavor.name()));
        all.putAll(labels);
        try {
            var template =
                    new BootstrapTemplate(
                            id.isEmpty() ? service + "-" + flavor : id,
                            service,
                            all,
                            adminPort,
                            xds.host(),
                            xds.port(),
                            tls());
            if (isExec) {
                Successor.become(command(template.toYaml()));
            } else {
                console.out().print(template.toYaml());
            }
        } catch (IllegalArgumentException e) {
            throw CliFailure.of(ExitCode.USAGE, String.valueOf(e.getMessage())).withCause(e);
        }
        return ExitCode.OK.number();
    }

    /** As an argument, so that no file stays behind. */
    private List<String> command(String bootstrap) {
        var arguments = new ArrayList<>(List.of("--config-yaml", bootstrap));
        arguments.addAll(flags);
        return switch (flavor) {
            case envoy -> envoy().command(arguments, Path.of(""));
            case java -> {
                arguments.addAll(0, List.of(System.getProperty("outrigger.launcher", ""), "proxy"));
                yield arguments;
            }
        };
    }

    private Envoy envoy() {
        var wanted = ProvisionOptions.from(console.environment()).withProgress(console::note);
        return switch (EnvoyProvision.find(wanted)) {
            case EnvoyProvision.Result.Found(var envoy) -> envoy;
            case EnvoyProvision.Result.NotFound missing ->
                    throw CliFailure.of(ExitCode.NOT_FOUND, missing.explanation());
        };
    }

    private Optional<ClientTls> tls() {
        boolean any = !certificate.isEmpty() || !key.isEmpty() || !authorities.isEmpty();
        if (!any) {
            if (!serverName.isEmpty()) {
                throw CliFailure.of(
                        ExitCode.USAGE,
                        "--xds-server-name is about TLS (expected: with --xds-cert)");
            }
            return Optional.empty();
        }
        if (certificate.isEmpty() || key.isEmpty() || authorities.isEmpty()) {
            throw CliFailure.of(
                    ExitCode.USAGE, "--xds-cert, --xds-key and --xds-ca need each other");
        }
        var name = serverName.isEmpty() ? xds.host() : serverName;
        return Optional.of(
                new ClientTls(certificate, key, authorities, Optional.of(ServerName.parse(name))));
    }
}
