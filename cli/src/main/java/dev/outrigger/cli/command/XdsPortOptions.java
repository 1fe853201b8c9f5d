// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.xds.security.IdentityRule;
import dev.outrigger.xds.security.TlsFiles;
import dev.outrigger.xds.security.XdsSecurity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a control plane's xDS port is protected. */
final class XdsPortOptions {
    @Option(
            names = "--xds-cert",
            paramLabel = "FILE",
            description = "The xDS server's certificate chain, PEM; read again when it changes.")
    private @Nullable Path certificate;

    @Option(
            names = "--xds-key",
            paramLabel = "FILE",
            description = "Its private key, PKCS #8 in PEM, not encrypted.")
    private @Nullable Path key;

    @Option(
            names = "--xds-ca",
            paramLabel = "FILE",
            description = "Whose certificates the proxies have, PEM.")
    private @Nullable Path authorities;

    @Option(
            names = "--xds-identity",
            paramLabel = "RULE",
            description =
                    "Which node a proxy's certificate may speak for: a SPIFFE ID or DNS name with"
                            + " {cluster}, {id}, * and **; may be repeated. Default:"
                            + " spiffe://*/**/{cluster} and {cluster}.**")
    private List<String> identities = List.of();

    @Option(
            names = "--xds-admin",
            paramLabel = "NAME",
            description =
                    "A SPIFFE ID or DNS name that may ask for client status (CSDS); may be"
                            + " repeated. Default: nobody with certificates, this machine without.")
    private List<String> administrators = List.of();

    @Option(
            names = "--xds-plaintext",
            description =
                    "Speak plaintext even where others can reach the port: whoever does reads all"
                            + " configuration.")
    private boolean plaintext;

    XdsSecurity security() {
        if (certificate == null && key == null && authorities == null) {
            if (!identities.isEmpty() || !administrators.isEmpty()) {
                throw CliFailure.of(
                        ExitCode.USAGE,
                        "--xds-identity and --xds-admin are about certificates (expected: with"
                                + " --xds-cert, --xds-key and --xds-ca)");
            }
            return new XdsSecurity.Plaintext(plaintext);
        }
        if (certificate == null || key == null || authorities == null) {
            throw CliFailure.of(
                    ExitCode.USAGE, "--xds-cert, --xds-key and --xds-ca need each other");
        }
        if (plaintext) {
            throw CliFailure.of(
                    ExitCode.USAGE, "--xds-plaintext contradicts --xds-cert (expected: one)");
        }
        return new XdsSecurity.MutualTls(
                new TlsFiles(certificate, key, authorities),
                rules(),
                administrators,
                XdsSecurity.MutualTls.RELOAD_INTERVAL);
    }

    private List<IdentityRule> rules() {
        if (identities.isEmpty()) {
            return IdentityRule.DEFAULT;
        }
        var rules = new ArrayList<IdentityRule>();
        for (String text : identities) {
            try {
                rules.add(IdentityRule.parse(text));
            } catch (IllegalArgumentException e) {
                throw CliFailure.of(ExitCode.USAGE, String.valueOf(e.getMessage())).withCause(e);
            }
        }
        return rules;
    }
}
