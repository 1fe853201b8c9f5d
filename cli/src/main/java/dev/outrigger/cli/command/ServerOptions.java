// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.cli.client.ControlPlaneClient;
import dev.outrigger.cli.client.Credentials;
import dev.outrigger.cli.console.Console;
import java.time.Duration;
import picocli.CommandLine.Option;

/** Options of every command that talks to a control plane. */
final class ServerOptions {
    static final String DEFAULT_SERVER = "http://127.0.0.1:8470";

    @Option(
            names = "--server",
            paramLabel = "URL",
            description =
                    "The control plane's REST address. Default: $OUTRIGGER_SERVER, or "
                            + DEFAULT_SERVER
                            + ".")
    private String server = "";

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            description = "For each request. Default: ${DEFAULT-VALUE}.",
            defaultValue = "10s")
    private Duration timeout = Duration.ofSeconds(10);

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "Holds the bearer token. Default: $OUTRIGGER_TOKEN_FILE, or none.")
    private String tokenFile = "";

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description =
                    "Whose certificates to believe, PEM. Default: $OUTRIGGER_CA, or the JDK's.")
    private String authorities = "";

    ControlPlaneClient connect(Console console) {
        var address =
                server.isEmpty() ? console.variable("OUTRIGGER_SERVER", DEFAULT_SERVER) : server;
        var credentials =
                Credentials.read(
                        tokenFile.isEmpty()
                                ? console.variable("OUTRIGGER_TOKEN_FILE", "")
                                : tokenFile,
                        authorities.isEmpty() ? console.variable("OUTRIGGER_CA", "") : authorities);
        return ControlPlaneClient.of(address, timeout, credentials);
    }
}
