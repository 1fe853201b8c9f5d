// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Optional;

/** An issuer of tokens with a key of its own. */
final class Tokens {
    static final String ISSUER = "https://issuer.example";
    static final String AUDIENCE = "outrigger";

    final RSAKey key;
    private final InstantSource clock;

    Tokens(InstantSource clock) {
        this.clock = clock;
        try {
            key = new RSAKeyGenerator(2048).keyID("k1").generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Security that accepts these tokens, with the key in a file. */
    ApiSecurity security(Path directory) {
        Path file = directory.resolve("keys.json");
        try {
            Files.writeString(file, new JWKSet(key).toString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return new ApiSecurity(
                Optional.empty(),
                Optional.of(
                        new ApiSecurity.TokenIssuer(
                                ISSUER,
                                AUDIENCE,
                                Optional.of(file),
                                ApiSecurity.TokenIssuer.DEFAULT_ROLES_CLAIM)),
                List.of());
    }

    JWTClaimsSet.Builder claims(String subject, String... roles) {
        Instant now = clock.instant();
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience(AUDIENCE)
                .subject(subject)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(Duration.ofMinutes(5))))
                .claim(ApiSecurity.TokenIssuer.DEFAULT_ROLES_CLAIM, List.of(roles));
    }

    String token(String subject, String... roles) {
        return signed(claims(subject, roles), "k1");
    }

    String signed(JWTClaimsSet.Builder claims, String keyId) {
        try {
            var jwt =
                    new SignedJWT(
                            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(keyId).build(),
                            claims.build());
            jwt.sign(new RSASSASigner(key));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    String unsigned(JWTClaimsSet.Builder claims) {
        return new PlainJWT(claims.build()).serialize();
    }

    /** Signed with the public key as if it were a shared secret. */
    String confused(JWTClaimsSet.Builder claims) {
        try {
            var jwt =
                    new SignedJWT(
                            new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("k1").build(),
                            claims.build());
            jwt.sign(new MACSigner(key.toRSAPublicKey().getEncoded()));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }
}
