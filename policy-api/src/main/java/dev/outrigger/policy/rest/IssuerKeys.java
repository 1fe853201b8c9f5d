// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An issuer's keys, found by OpenID discovery. Asked again when they are ten minutes old, or when a
 * token names a key that is not among them; never more than once a minute, so that made-up key
 * names cost the issuer nothing. Old keys stay while the issuer does not answer. Any thread.
 */
final class IssuerKeys implements JWKSource<SecurityContext> {
    private static final Logger log = LoggerFactory.getLogger(IssuerKeys.class);

    static final Duration MIN_INTERVAL = Duration.ofMinutes(1);
    private static final Duration MAX_AGE = Duration.ofMinutes(10);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Reads a document over HTTP; bounded in size and time. */
    @FunctionalInterface
    interface Fetch {
        byte[] get(URI uri) throws IOException;
    }

    private final String issuer;
    private final Fetch fetch;
    private final LongSupplier nanos;
    private @Nullable JWKSet keys;
    private long keysSince;
    private long lastAttempt;
    private boolean isFirst = true;

    /**
     * @param nanos a clock that only goes forward
     */
    IssuerKeys(String issuer, Fetch fetch, LongSupplier nanos) {
        this.issuer = issuer;
        this.fetch = fetch;
        this.nanos = nanos;
    }

    @Override
    public synchronized List<JWK> get(JWKSelector selector, @Nullable SecurityContext context)
            throws KeySourceException {
        long now = nanos.getAsLong();
        var known = keys;
        List<JWK> found = known == null ? List.of() : selector.select(known);
        boolean isFresh = known != null && now - keysSince < MAX_AGE.toNanos();
        boolean mayAsk = isFirst || now - lastAttempt >= MIN_INTERVAL.toNanos();
        if ((!found.isEmpty() && isFresh) || !mayAsk) {
            return found(found, known);
        }
        isFirst = false;
        lastAttempt = now;
        try {
            JWKSet fresh = fetchKeys();
            keys = fresh;
            keysSince = now;
            return selector.select(fresh);
        } catch (IOException | ParseException e) {
            log.warn("keys of the token issuer cannot be read issuer={}", issuer, e);
            return found(found, known);
        }
    }

    /** Without any keys nothing can be said about a token, not even that it is bad. */
    private static List<JWK> found(List<JWK> found, @Nullable JWKSet known)
            throws KeySourceException {
        if (known == null) {
            throw new KeySourceException("the issuer's keys are not known");
        }
        return found;
    }

    private JWKSet fetchKeys() throws IOException, ParseException {
        String base = issuer.endsWith("/") ? issuer : issuer + "/";
        JsonNode discovered =
                JSON.readTree(fetch.get(URI.create(base + ".well-known/openid-configuration")));
        if (!discovered.path("issuer").asText().equals(issuer)) {
            throw new IOException(
                    "discovery names another issuer: " + discovered.path("issuer").asText());
        }
        var uri = URI.create(discovered.path("jwks_uri").asText());
        return JWKSet.parse(new String(fetch.get(uri), StandardCharsets.UTF_8));
    }
}
