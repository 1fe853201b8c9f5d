// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;

/**
 * Callers by their credentials: a bearer token, or else the certificate of the connection. A token
 * that is not good is refused even if the certificate would do.
 */
final class CredentialCallers implements Callers {
    /** General names of RFC 5280, as the JDK numbers them. */
    private static final int DNS_NAME = 2;

    private static final int URI_NAME = 6;

    private final Optional<TokenVerifier> tokens;
    private final List<RoleBinding> bindings;

    CredentialCallers(Optional<TokenVerifier> tokens, List<RoleBinding> bindings) {
        this.tokens = tokens;
        this.bindings = List.copyOf(bindings);
    }

    @Override
    public Caller identify(ServerRequest request) {
        var header = request.headers().first(HeaderNames.AUTHORIZATION);
        if (header.isPresent()) {
            return byToken(header.get());
        }
        return request.remotePeer()
                .tlsCertificates()
                .flatMap(this::byCertificate)
                .orElseThrow(() -> unauthenticated("Say who you are.", ""));
    }

    private Caller byToken(String header) {
        String[] parts = header.split(" +", 2);
        boolean isBearer = parts.length == 2 && parts[0].toLowerCase(Locale.ROOT).equals("bearer");
        if (!isBearer || tokens.isEmpty()) {
            throw unauthenticated(
                    isBearer
                            ? "No token issuer is configured here."
                            : "Only bearer tokens are accepted.",
                    "");
        }
        try {
            return tokens.get().verify(parts[1].strip());
        } catch (TokenRefused e) {
            throw unauthenticated(
                    Character.toUpperCase(e.detail().charAt(0)) + e.detail().substring(1) + ".",
                    ", error=\"invalid_token\"");
        }
    }

    private Optional<Caller> byCertificate(Certificate[] chain) {
        if (chain.length == 0 || !(chain[0] instanceof X509Certificate certificate)) {
            return Optional.empty();
        }
        List<String> names = names(certificate);
        if (names.isEmpty()) {
            return Optional.empty();
        }
        var granted = bindings.stream().filter(binding -> names.contains(binding.name())).toList();
        return Optional.of(
                new Caller(
                        TokenVerifier.printable(names.getFirst()),
                        true,
                        RoleBinding.roles(granted)));
    }

    /** The names of the subject, the most telling first: URIs, host names, the common name. */
    private static List<String> names(X509Certificate certificate) {
        var uris = new ArrayList<String>();
        var hosts = new ArrayList<String>();
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            for (List<?> name : alternatives == null ? List.<List<?>>of() : alternatives) {
                if (name.getFirst().equals(URI_NAME)) {
                    uris.add(String.valueOf(name.get(1)));
                } else if (name.getFirst().equals(DNS_NAME)) {
                    hosts.add(String.valueOf(name.get(1)));
                }
            }
            uris.addAll(hosts);
            new LdapName(certificate.getSubjectX500Principal().getName())
                    .getRdns().stream()
                            .filter(part -> part.getType().equalsIgnoreCase("CN"))
                            .forEach(part -> uris.add(String.valueOf(part.getValue())));
            return uris;
        } catch (CertificateParsingException | InvalidNameException _) {
            return List.of();
        }
    }

    private static Problem.Raised unauthenticated(String detail, String more) {
        return Problem.of(401, "Not authenticated", detail)
                .withHeader("WWW-Authenticate", "Bearer realm=\"outrigger\"" + more)
                .raise();
    }
}
