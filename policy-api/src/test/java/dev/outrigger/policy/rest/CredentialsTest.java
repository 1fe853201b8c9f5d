// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import static dev.outrigger.policy.rest.PolicyApiServerTest.retry;
import static dev.outrigger.policy.rest.PolicyApiServerTest.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import dev.outrigger.policy.rest.RunningApi.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may call, and what they may do where. */
class CredentialsTest {
    @TempDir Path directory;
    private final Tokens tokens = new Tokens(InstantSource.system());
    private RunningApi api;

    @BeforeEach
    void start() {
        api =
                new RunningApi(
                        directory,
                        PolicyApiOptions.DEFAULT
                                .withPorts(0, 0)
                                .withSecurity(tokens.security(directory)));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private Answer get(String path, String token) {
        return api.get(path, "Authorization", "Bearer " + token);
    }

    private Answer apply(String yaml, String token) {
        return api.apply(yaml, "Authorization", "Bearer " + token);
    }

    private static String in(String namespace, String yaml) {
        return yaml.replace("metadata: {", "metadata: {namespace: " + namespace + ", ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer", "Bearer x.y.z", "Bearer  ", "nonsense"})
    void r01RefusesMissingAndGarbageCredentials(String header) {
        Answer answer =
                header.isEmpty()
                        ? api.get("/api/v1/services")
                        : api.get("/api/v1/services", "Authorization", header);

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer realm=\"outrigger\"");
        assertThat(answer.body()).doesNotContain("Exception").doesNotContain("at com.");
    }

    @Test
    void r02RefusesTokensThatAreNotGood() {
        var now = Instant.now();
        List<String> bad =
                List.of(
                        tokens.unsigned(tokens.claims("eve", "admin")),
                        tokens.confused(tokens.claims("eve", "admin")),
                        tokens.signed(tokens.claims("eve", "admin").audience("other"), "k1"),
                        tokens.signed(tokens.claims("eve", "admin").issuer("https://x"), "k1"),
                        tokens.signed(
                                tokens.claims("eve", "admin")
                                        .notBeforeTime(Date.from(now.plus(Duration.ofHours(1)))),
                                "k1"),
                        tokens.signed(
                                tokens.claims("eve", "admin")
                                        .expirationTime(Date.from(now.minus(Duration.ofHours(1)))),
                                "k1"),
                        tokens.signed(tokens.claims("eve", "admin").expirationTime(null), "k1"),
                        tokens.signed(tokens.claims("eve", "admin").subject(null), "k1"),
                        tokens.signed(tokens.claims("eve", "admin"), "another"),
                        new Tokens(InstantSource.system()).token("eve", "admin"));

        for (String token : bad) {
            Answer answer = get("/api/v1/services", token);
            assertThat(answer.status()).as(token).isEqualTo(401);
            assertThat(answer.header("WWW-Authenticate")).contains("invalid_token");
        }
        assertThat(get("/api/v1/services", tokens.token("ann", "viewer")).status()).isEqualTo(200);
    }

    @Test
    void r02AsksTheIssuerOnceAMinuteAtMost() throws KeySourceException {
        var now = new AtomicLong();
        var fetched = new AtomicInteger();
        var keys =
                new IssuerKeys(
                        Tokens.ISSUER,
                        uri -> {
                            fetched.incrementAndGet();
                            return (uri.getPath().endsWith("openid-configuration")
                                            ? "{\"issuer\":\""
                                                    + Tokens.ISSUER
                                                    + "\",\"jwks_uri\":\"https://i.example/k\"}"
                                            : new JWKSet(tokens.key).toString())
                                    .getBytes(StandardCharsets.UTF_8);
                        },
                        now::get);

        for (int i = 0; i < 1_000; i++) {
            assertThat(keys.get(select("made-up-" + i), null)).isEmpty();
        }
        assertThat(fetched).hasValue(2); // Discovery and keys.
        assertThat(keys.get(select("k1"), null)).hasSize(1);
        now.addAndGet(IssuerKeys.MIN_INTERVAL.toNanos());
        assertThat(keys.get(select("new"), null)).isEmpty();
        assertThat(fetched).hasValue(4);
    }

    @Test
    void keepsOldKeysWhileTheIssuerDoesNotAnswer() throws KeySourceException {
        var now = new AtomicLong();
        var isDown = new AtomicInteger();
        var keys =
                new IssuerKeys(
                        Tokens.ISSUER,
                        uri -> {
                            if (isDown.get() == 1) {
                                throw new IOException("down");
                            }
                            return (uri.getPath().endsWith("openid-configuration")
                                            ? "{\"issuer\":\""
                                                    + Tokens.ISSUER
                                                    + "\",\"jwks_uri\":\"https://i.example/k\"}"
                                            : new JWKSet(tokens.key).toString())
                                    .getBytes(StandardCharsets.UTF_8);
                        },
                        now::get);
        keys.get(select("k1"), null);
        isDown.set(1);
        now.addAndGet(Duration.ofDays(1).toNanos());

        assertThat(keys.get(select("k1"), null)).hasSize(1);
    }

    @Test
    void cannotCheckTokensWithoutKeys() {
        var keys =
                new IssuerKeys(
                        Tokens.ISSUER,
                        _ -> {
                            throw new IOException("down");
                        },
                        () -> 0);

        assertThatThrownBy(() -> keys.get(select("k1"), null))
                .isInstanceOf(KeySourceException.class);
    }

    private static JWKSelector select(String keyId) {
        return new JWKSelector(new JWKMatcher.Builder().keyID(keyId).build());
    }

    @Test
    void r03AViewerWritesNothing() {
        apply(service("b"), tokens.token("root", "admin"));

        String viewer = "Bearer " + tokens.token("ann", "viewer");
        assertThat(apply(service("c"), tokens.token("ann", "viewer")).status()).isEqualTo(403);
        for (String method : List.of("PUT", "PATCH", "DELETE")) {
            String[] headers = {"Authorization", viewer, "If-Match", "*"};
            assertThat(api.send(method, "/api/v1/services/b", "", headers).status())
                    .as(method)
                    .isEqualTo(403);
        }
        assertThat(apply(service("c"), tokens.token("ann")).status()).isEqualTo(403);
        assertThat(get("/api/v1/services", tokens.token("ann")).status()).isEqualTo(403);
    }

    @Test
    void r03NamespacesDoNotSeeEachOther() {
        String root = tokens.token("root", "admin");
        apply(in("x", service("b")) + "---\n" + in("y", service("c")), root);
        String ofY = tokens.token("ann", "y:editor");

        assertThat(get("/api/v1/services/b?namespace=x", ofY).status()).isEqualTo(404);
        assertThat(get("/api/v1/services/b?namespace=x", ofY).json().path("detail"))
                .isEqualTo(
                        get("/api/v1/services/b?namespace=x", tokens.token("bo", "z:admin"))
                                .json()
                                .path("detail"));
        assertThat(get("/api/v1/services", ofY).json().path("items")).hasSize(1);
        assertThat(get("/api/v1/revisions/1", ofY).json().path("changes")).hasSize(1);
        assertThat(
                        api.send(
                                        "DELETE",
                                        "/api/v1/services/b?namespace=x",
                                        "",
                                        "If-Match",
                                        "*",
                                        "Authorization",
                                        "Bearer " + ofY)
                                .status())
                .isEqualTo(404);
        assertThat(apply(in("y", service("d")), ofY).status()).isEqualTo(200);
        assertThat(apply(in("x", service("e")), ofY).status()).isEqualTo(403);
    }

    @Test
    void aPolicyNeedsTheRoleWhereItActs() {
        apply(in("x", service("b")), tokens.token("root", "admin"));
        String elsewhere = in("y", retry("p", "b")).replace("name: b}]", "name: b, namespace: x}]");
        String mesh =
                in("y", retry("p", "b"))
                        .replace("kind: Service, name: b", "kind: Mesh, name: default");

        assertThat(apply(elsewhere, tokens.token("ann", "y:editor")).status()).isEqualTo(403);
        assertThat(apply(elsewhere, tokens.token("ann", "y:editor", "x:editor")).status())
                .isEqualTo(200);
        assertThat(apply(mesh, tokens.token("ann", "y:editor", "x:editor")).status())
                .isEqualTo(403);
        assertThat(apply(mesh, tokens.token("ann", "editor")).status()).isEqualTo(200);
    }

    @Test
    void aSidecarNeedsTheRoleWhereItsProxiesBelong() {
        apply(
                in("x", sidecar("a", "cluster: a, labels: {zone: z1}")),
                tokens.token("root", "admin"));
        String ofY = tokens.token("ann", "y:editor");

        assertThat(apply(in("y", sidecar("a2", "cluster: a")), ofY).status()).isEqualTo(403);
        assertThat(
                        apply(
                                        in(
                                                "y",
                                                sidecar("a2", "labels: {zone: z2}")
                                                        .replace(
                                                                "  outbound",
                                                                "  service: {name: a}\n  outbound")),
                                        ofY)
                                .status())
                .isEqualTo(403);
        assertThat(
                        apply(
                                        in("y", sidecar("a2", "cluster: a")),
                                        tokens.token("ann", "y:editor", "x:editor"))
                                .status())
                .isEqualTo(200);
        assertThat(apply(in("y", sidecar("b", "cluster: b")), ofY).status()).isEqualTo(200);
        assertThat(apply(in("y", sidecar("a3", "cluster: a, labels: {zone: z2}")), ofY).status())
                .as("of the cluster a in y, which ann may change")
                .isEqualTo(200);
    }

    private static String sidecar(String name, String selector) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Sidecar
        metadata: {name: %s}
        spec:
          selector: {%s}
          outbound: {listeners: [{name: http, address: 127.0.0.1, port: 15001}]}
        """
                .formatted(name, selector);
    }

    @Test
    void rawResourcesNeedAnAdminEverywhere() {
        String raw =
                """
                apiVersion: outrigger.dev/v1alpha1
                kind: XdsResources
                metadata: {name: raw}
                spec:
                  selector: {cluster: a}
                  resources:
                  - "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
                    name: raw
                    connect_timeout: 1s
                """;

        assertThat(apply(raw, tokens.token("ann", "editor")).status()).isEqualTo(403);
        assertThat(apply(in("x", raw), tokens.token("ann", "x:admin")).status()).isEqualTo(403);
        assertThat(apply(raw, tokens.token("root", "admin")).status()).isEqualTo(200);
    }

    @Test
    void whatBecameOfARevisionNamesOnlyProxiesThatTheCallerMaySee() {
        apply(in("y", service("b")), tokens.token("root", "admin"));

        var ofAll = get("/api/v1/revisions/1/sync", tokens.token("root", "viewer")).json();
        var ofY = get("/api/v1/revisions/1/sync", tokens.token("ann", "y:viewer"));

        assertThat(ofAll.path("missing")).hasSize(1);
        assertThat(ofAll.path("withheld")).hasSize(1);
        assertThat(ofY.status()).isEqualTo(200);
        assertThat(ofY.json().path("proxies")).isEmpty();
        assertThat(ofY.json().path("missing")).isEmpty();
        assertThat(ofY.json().path("withheld")).isEmpty();
        assertThat(ofY.json().path("synced")).isEqualTo(ofAll.path("synced"));
        var revision = get("/api/v1/revisions/1", tokens.token("ann", "y:viewer")).json();
        assertThat(revision.at("/sync/missing")).isEmpty();
        assertThat(revision.at("/sync/withheld")).isEmpty();
    }

    @Test
    void aRevisionSaysWhoWroteIt() {
        apply(service("b"), tokens.token("ann", "editor"));

        assertThat(
                        get("/api/v1/revisions/1", tokens.token("root", "admin"))
                                .json()
                                .path("author")
                                .asText())
                .isEqualTo("ann");
        assertThat(
                        api.apply(
                                        service("c"),
                                        "Authorization",
                                        "Bearer " + tokens.token("ann", "editor"),
                                        "X-Outrigger-Author",
                                        "bo")
                                .status())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic YTpi", "Digest username=\"a\"", "basic x"})
    void r24RefusesWeakSchemes(String header) {
        assertThat(api.get("/api/v1/services", "Authorization", header).status()).isEqualTo(401);
    }

    @Test
    void healthAndSchemasAskNobody() {
        assertThat(api.get("/health/live").status()).isEqualTo(200);
        assertThat(api.get("/openapi").json().at("/components/securitySchemes/bearer/scheme"))
                .hasToString("\"bearer\"");
    }

    @Test
    void refusesToListenWhereOthersReachItUnprotected() {
        var files =
                new ApiSecurity.ServerFiles(
                        directory.resolve("c"), directory.resolve("k"), Optional.empty());
        var encryptedOnly = new ApiSecurity(Optional.of(files), Optional.empty(), List.of());
        for (ApiSecurity security :
                List.of(ApiSecurity.LOOPBACK_ONLY, tokens.security(directory), encryptedOnly)) {
            String missing = security.equals(encryptedOnly) ? "credentials of callers" : "TLS";
            var options =
                    PolicyApiOptions.DEFAULT
                            .withPorts(0, 0)
                            .withHosts("0.0.0.0", "127.0.0.1")
                            .withSecurity(security);
            assertThatThrownBy(() ->
                            new RunningApi(directory.resolve("o" + security.hashCode()), options))
                    .isInstanceOf(ApiSecurityException.class)
                    .hasMessageContaining("0.0.0.0")
                    .hasMessageContaining("without " + missing + ":")
                    .hasMessageContaining("listen on 127.0.0.1");
        }
    }

    @Test
    void namesTheFileThatCannotBeUsed() {
        var security =
                new ApiSecurity(
                        Optional.of(
                                new ApiSecurity.ServerFiles(
                                        directory.resolve("no.pem"),
                                        directory.resolve("no.key"),
                                        Optional.empty())),
                        tokens.security(directory).tokens(),
                        List.of());

        assertThatThrownBy(() ->
                        new RunningApi(
                                directory.resolve("other"),
                                PolicyApiOptions.DEFAULT.withPorts(0, 0).withSecurity(security)))
                .isInstanceOf(ApiSecurityException.class)
                .hasMessageContaining("no.pem");
    }
}
