// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.outrigger.policy.document.Quoted;
import java.text.ParseException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;

/**
 * Finds out who a bearer token (RFC 9068, RFC 7519) speaks for. Asymmetric signatures only: a
 * symmetric key would be the public one. Any thread.
 */
final class TokenVerifier {
    private static final int MAX_CHARS = 16 << 10;
    private static final int MAX_SKEW_SECONDS = 60;

    private static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(
                    JWSAlgorithm.RS256,
                    JWSAlgorithm.RS384,
                    JWSAlgorithm.RS512,
                    JWSAlgorithm.PS256,
                    JWSAlgorithm.PS384,
                    JWSAlgorithm.PS512,
                    JWSAlgorithm.ES256,
                    JWSAlgorithm.ES384,
                    JWSAlgorithm.ES512);

    private final ApiSecurity.TokenIssuer issuer;
    private final List<RoleBinding> bindings;
    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

    TokenVerifier(
            ApiSecurity.TokenIssuer issuer,
            List<RoleBinding> bindings,
            JWKSource<SecurityContext> keys,
            InstantSource clock) {
        this.issuer = issuer;
        this.bindings = List.copyOf(bindings);
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(
                        JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, keys));
        processor.setJWTClaimsSetVerifier(new Claims(issuer, clock));
    }

    /** The claims that matter, by a clock from outside. */
    private static final class Claims extends DefaultJWTClaimsVerifier<SecurityContext> {
        private final InstantSource clock;

        Claims(ApiSecurity.TokenIssuer issuer, InstantSource clock) {
            super(
                    issuer.audience(),
                    new JWTClaimsSet.Builder().issuer(issuer.issuer()).build(),
                    Set.of("sub", "exp"));
            this.clock = clock;
            setMaxClockSkew(MAX_SKEW_SECONDS);
        }

        @Override
        protected Date currentTime() {
            return Date.from(clock.instant());
        }
    }

    /** Throws a problem if the issuer's keys cannot be had. */
    Caller verify(String token) throws TokenRefused {
        if (token.length() > MAX_CHARS) {
            throw new TokenRefused("the token is longer than " + MAX_CHARS + " characters");
        }
        try {
            JWTClaimsSet claims = processor.process(token, null);
            var granted = new ArrayList<RoleBinding>();
            for (String text : roles(claims)) {
                RoleBinding.grant(claims.getSubject(), text).ifPresent(granted::add);
            }
            bindings.stream()
                    .filter(binding -> binding.name().equals(claims.getSubject()))
                    .forEach(granted::add);
            return new Caller(printable(claims.getSubject()), true, RoleBinding.roles(granted));
        } catch (KeySourceException e) {
            throw Problem.of(
                            503,
                            "Token cannot be checked",
                            "The keys of the token issuer cannot be read.")
                    .withHeader("Retry-After", "10")
                    .raise();
        } catch (BadJOSEException e) {
            throw new TokenRefused("the token is not good: " + e.getMessage(), e);
        } catch (ParseException | JOSEException e) {
            throw new TokenRefused("the token cannot be read", e);
        }
    }

    /** A list, or words in one text. */
    private List<String> roles(JWTClaimsSet claims) throws ParseException {
        return switch (claims.getClaim(issuer.rolesClaim())) {
            case null -> List.of();
            case String text -> List.of(text.split(" "));
            case List<?> list -> list.stream().map(String::valueOf).toList();
            default -> throw new ParseException("roles are neither a list nor a text", 0);
        };
    }

    /** Goes into revisions and the log. */
    static String printable(String name) {
        String shortened = name.length() > 128 ? name.substring(0, 128) : name;
        return shortened
                .codePoints()
                .map(c -> Quoted.breaksLine(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
