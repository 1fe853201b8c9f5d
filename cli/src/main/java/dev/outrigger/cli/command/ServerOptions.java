// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.cli.client.Contexts;
import dev.outrigger.cli.client.Contexts.Context;
import dev.outrigger.cli.client.ControlPlaneClient;
import dev.outrigger.cli.client.Credentials;
import dev.outrigger.cli.console.Console;
import java.time.Duration;
import picocli.CommandLine.Option;

/**
 * Options of every command that talks to a control plane. What is typed wins, then a context that
 * is typed, then the environment, then the context in use.
 */
final class ServerOptions {
    static final String DEFAULT_SERVER = "http://127.0.0.1:8470";

    @Option(
            names = "--server",
            paramLabel = "URL",
            description =
                    "The control plane's REST address. Default: $OUTRIGGER_SERVER, or that of the"
                            + " context, or "
                            + DEFAULT_SERVER
                            + ".")
    private String server = "";

    @Option(
            names = "--context",
            paramLabel = "NAME",
            description =
                    "A control plane by name. Default: $OUTRIGGER_CONTEXT, or the one in use.")
    private String context = "";

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

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description = "The caller's certificate chain, PEM. Default: $OUTRIGGER_CERT, or none.")
    private String certificate = "";

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "Its private key, PKCS #8 in PEM. Default: $OUTRIGGER_KEY, or none.")
    private String key = "";

    ControlPlaneClient connect(Console console) {
        return ControlPlaneClient.of(
                address(console), timeout, credentials(console), console::detail);
    }

    /** Where the control plane is. */
    String address(Console console) {
        return setting(console, server, "OUTRIGGER_SERVER", context(console).server())
                .transform(found -> found.isEmpty() ? DEFAULT_SERVER : found);
    }

    /** What was typed, for a context to keep. */
    Context typed() {
        return new Context(server, tokenFile, authorities, certificate, key);
    }

    private Credentials credentials(Console console) {
        var kept = context(console);
        return Credentials.read(
                setting(console, tokenFile, "OUTRIGGER_TOKEN_FILE", kept.tokenFile()),
                setting(console, authorities, "OUTRIGGER_CA", kept.ca()),
                setting(console, certificate, "OUTRIGGER_CERT", kept.cert()),
                setting(console, key, "OUTRIGGER_KEY", kept.key()));
    }

    private String setting(Console console, String typed, String variable, String kept) {
        if (!typed.isEmpty()) {
            return typed;
        }
        return isChosen(console) ? kept : console.variable(variable, kept);
    }

    /** A context that is named for this call counts more than what the environment says. */
    private boolean isChosen(Console console) {
        return !context.isEmpty() || !console.variable("OUTRIGGER_CONTEXT", "").isEmpty();
    }

    private Context context(Console console) {
        if (!server.isEmpty()) {
            return Context.NONE; // Nobody wants the credentials of one shown to another.
        }
        var name = context.isEmpty() ? console.variable("OUTRIGGER_CONTEXT", "") : context;
        if (name.isEmpty() && !console.variable("OUTRIGGER_SERVER", "").isEmpty()) {
            return Context.NONE;
        }
        var all = Contexts.read(console);
        return name.isEmpty() ? all.inUse() : all.require(name);
    }
}
