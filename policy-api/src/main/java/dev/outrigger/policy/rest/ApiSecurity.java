// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How the REST API is protected. Immutable.
 *
 * @param tls the server's certificate; plaintext without
 * @param tokens whose bearer tokens are accepted; none without
 * @param bindings roles of callers by name, beside those a token brings
 */
public record ApiSecurity(
        Optional<ServerFiles> tls, Optional<TokenIssuer> tokens, List<RoleBinding> bindings) {
    /** Plaintext, nobody is asked who they are, and nobody but this machine gets in. */
    public static final ApiSecurity LOOPBACK_ONLY =
            new ApiSecurity(Optional.empty(), Optional.empty(), List.of());

    public ApiSecurity {
        bindings = List.copyOf(bindings);
    }

    /**
     * PEM files.
     *
     * @param clientAuthorities whose certificates callers may have instead of a token
     */
    public record ServerFiles(Path certificate, Path key, Optional<Path> clientAuthorities) {}

    /**
     * Who issues tokens.
     *
     * @param issuer the claim {@code iss}, and where the keys are found out (OpenID discovery)
     * @param audience must be among the claim {@code aud}
     * @param keys a file with a JWK set, instead of asking the issuer
     * @param rolesClaim lists roles as {@code ROLE} or {@code NAMESPACE:ROLE}
     */
    public record TokenIssuer(
            String issuer, String audience, Optional<Path> keys, String rolesClaim) {
        public static final String DEFAULT_ROLES_CLAIM = "outrigger_roles";
    }

    /** Whether callers have to say who they are. */
    public boolean asksForCredentials() {
        return tokens.isPresent() || tls.flatMap(ServerFiles::clientAuthorities).isPresent();
    }

    /** Why this is not enough for an address that others reach, if it is not. */
    Optional<String> problem(String host, boolean isLoopback) {
        if (isLoopback) {
            return Optional.empty();
        }
        if (tls.isPresent() && asksForCredentials()) {
            return Optional.empty();
        }
        String missing = tls.isEmpty() ? "TLS" : "credentials of callers";
        return Optional.of(
                "The REST API would listen on "
                        + host
                        + ", which others can reach, without "
                        + missing
                        + ": whoever reaches it could change all traffic. Give it a certificate,"
                        + " and a token issuer or the authorities of client certificates, or"
                        + " listen on 127.0.0.1.");
    }
}
