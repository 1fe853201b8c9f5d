// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.SecurityContext;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * R25: of a control plane whose clock is wrong, only what is said about tokens is. That revisions
 * still increase is in the store's contract.
 */
class TokenClockTest {
    private Instant now = RunningApi.NOW;
    private final Tokens tokens = new Tokens(() -> RunningApi.NOW);
    private final TokenVerifier verifier =
            new TokenVerifier(
                    new ApiSecurity.TokenIssuer(
                            Tokens.ISSUER,
                            Tokens.AUDIENCE,
                            Optional.empty(),
                            ApiSecurity.TokenIssuer.DEFAULT_ROLES_CLAIM),
                    List.of(),
                    new ImmutableJWKSet<SecurityContext>(new JWKSet(tokens.key)),
                    () -> now);

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-59S", "PT5M59S"})
    void r25TakesATokenWithinItsTimeAndAMinute(Duration skew) throws TokenRefused {
        now = RunningApi.NOW.plus(skew);

        var claims =
                tokens.claims("ann", "viewer").notBeforeTime(java.util.Date.from(RunningApi.NOW));

        assertThat(verifier.verify(tokens.signed(claims, "k1")).name()).isEqualTo("ann");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT-24H", "PT24H", "PT-61S", "PT6M1S"})
    void r25RefusesItOutsideOfThat(Duration skew) {
        now = RunningApi.NOW.plus(skew);

        var claims =
                tokens.claims("ann", "viewer").notBeforeTime(java.util.Date.from(RunningApi.NOW));

        assertThatThrownBy(() -> verifier.verify(tokens.signed(claims, "k1")))
                .isInstanceOf(TokenRefused.class);
    }

    @Test
    void r25TakesTokensAgainWhenTheClockIsRight() throws TokenRefused {
        String token = tokens.token("ann", "viewer");
        now = RunningApi.NOW.plus(Duration.ofHours(24));
        assertThatThrownBy(() -> verifier.verify(token)).isInstanceOf(TokenRefused.class);

        now = RunningApi.NOW;

        assertThat(verifier.verify(token).name()).isEqualTo("ann");
    }
}
