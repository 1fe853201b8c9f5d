// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.policy.rest.ApiSecurity;
import dev.outrigger.policy.rest.RoleBinding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the REST API is protected. */
final class ApiPortOptions {
    @Option(
            names = "--api-cert",
            paramLabel = "FILE",
            description = "The REST API's certificate chain, PEM.")
    private @Nullable Path certificate;

    @Option(
            names = "--api-key",
            paramLabel = "FILE",
            description = "Its private key, PKCS #8 in PEM, not encrypted.")
    private @Nullable Path key;

    @Option(
            names = "--api-client-ca",
            paramLabel = "FILE",
            description = "Whose certificates callers may show, PEM.")
    private @Nullable Path clientAuthorities;

    @Option(
            names = "--api-issuer",
            paramLabel = "URL",
            description = "Whose bearer tokens callers may show (OpenID discovery, JWT).")
    private @Nullable String issuer;

    @Option(
            names = "--api-audience",
            paramLabel = "NAME",
            description = "Whom the tokens must be for. Default: ${DEFAULT-VALUE}.",
            defaultValue = "outrigger")
    private String audience = "outrigger";

    @Option(
            names = "--api-jwks",
            paramLabel = "FILE",
            description = "The issuer's keys, instead of asking it.")
    private @Nullable Path keys;

    @Option(
            names = "--api-role",
            paramLabel = "NAME=[NAMESPACE:]ROLE",
            description =
                    "A caller's role (viewer, editor, admin) by the token's subject or a name in"
                            + " the certificate; may be repeated.")
    private List<String> roles = List.of();

    ApiSecurity security() {
        if ((certificate == null) != (key == null)) {
            throw CliFailure.of(ExitCode.USAGE, "--api-cert and --api-key need each other");
        }
        if (clientAuthorities != null && certificate == null) {
            throw CliFailure.of(ExitCode.USAGE, "--api-client-ca needs --api-cert and --api-key");
        }
        if (keys != null && issuer == null) {
            throw CliFailure.of(ExitCode.USAGE, "--api-jwks needs --api-issuer");
        }
        Optional<ApiSecurity.ServerFiles> tls =
                certificate == null || key == null
                        ? Optional.empty()
                        : Optional.of(
                                new ApiSecurity.ServerFiles(
                                        certificate, key, Optional.ofNullable(clientAuthorities)));
        Optional<ApiSecurity.TokenIssuer> tokens =
                Optional.ofNullable(issuer)
                        .map(url ->
                                new ApiSecurity.TokenIssuer(
                                        url,
                                        audience,
                                        Optional.ofNullable(keys),
                                        ApiSecurity.TokenIssuer.DEFAULT_ROLES_CLAIM));
        return new ApiSecurity(tls, tokens, bindings());
    }

    private List<RoleBinding> bindings() {
        var bindings = new ArrayList<RoleBinding>();
        for (String text : roles) {
            try {
                bindings.add(RoleBinding.parse(text));
            } catch (IllegalArgumentException e) {
                throw CliFailure.of(ExitCode.USAGE, "--api-role: " + e.getMessage()).withCause(e);
            }
        }
        return bindings;
    }
}
