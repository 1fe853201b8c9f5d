// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.testing.Certificates;
import dev.outrigger.xds.testing.Eventually;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who may speak for whom, and see what: rows X01, X02, X03 and X16. */
class ForeignIdentityTest extends GuardedSocketStory {
    @Test
    void X02_deniesANodeOfAnotherClusterAndNamesBoth() throws Exception {
        var client = client(authority.issue("spiffe://mesh/ns/default/sa/b"));

        client.ask("a-1", "a");

        var status = client.failure();
        assertThat(status.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(status.getDescription())
                .contains("spiffe://mesh/ns/default/sa/b", "'a-1'", "'a'", "{cluster}");
        assertThat(engine.status().proxies()).isEmpty();
        assertThat(meters.get("outrigger.xds.denied").counter().count()).isEqualTo(1);
        assertThat(meters.get("outrigger.xds.responses").counters())
                .allSatisfy(counter -> assertThat(counter.count()).isZero());
        Eventually.within(
                PATIENCE,
                () -> assertThat(meters.get("outrigger.xds.streams").gauge().value()).isZero());
    }

    @Test
    void X02_deniesANodeIdThatAnotherIdentityIsUsing() throws Exception {
        var first = client(authority.issue("spiffe://mesh/one/a"));
        first.ask("a-1", "a");
        first.next();
        var second = client(authority.issue("spiffe://mesh/two/a"));

        second.ask("a-1", "a");

        var status = second.failure();
        assertThat(status.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(status.getDescription()).contains("spiffe://mesh/two/a", "spiffe://mesh/one/a");
        // Once the first has gone the id is free.
        first.end();
        Eventually.within(
                PATIENCE,
                () -> {
                    var third = client(authority.issue("spiffe://mesh/two/a"));
                    third.ask("a-1", "a");
                    assertThat(third.next().getResourcesCount()).isEqualTo(1);
                });
    }

    @Test
    void deniesACertificateWithoutAName() throws Exception {
        var client = client(authority.issue("https://mesh.example/a"));

        client.ask("a-1", "a");

        assertThat(client.failure().getDescription()).contains("a certificate without a name");
    }

    @Test
    void X01_shakesNoHandWithStrangers() throws Exception {
        var others = new Certificates("others");
        var clients =
                List.of(
                        client(others.issue("spiffe://mesh/a")),
                        client(authority.issueExpired("spiffe://mesh/a")),
                        withoutCertificate(),
                        plaintext());

        for (Client client : clients) {
            client.ask("a-1", "a");

            assertThat(client.failure().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        }
        assertThat(engine.status().proxies()).isEmpty();
        assertThat(meters.get("outrigger.xds.streams").gauge().value()).isZero();
    }

    @Test
    void X03_anotherWorkloadsResourcesAreNotThere() throws Exception {
        policies.apply(
                """
                apiVersion: outrigger.dev/v1alpha1
                kind: XdsResources
                metadata: {name: of-a}
                spec:
                  selector: {cluster: a}
                  resources:
                  - "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret
                    name: key
                    generic_secret: {secret: {inline_string: word-of-a}}
                ---
                apiVersion: outrigger.dev/v1alpha1
                kind: XdsResources
                metadata: {name: of-b}
                spec:
                  selector: {cluster: b}
                  resources:
                  - "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret
                    name: key-of-b
                    generic_secret: {secret: {inline_string: word-of-b}}
                """);
        var owner = client(authority.issue("spiffe://mesh/ns/default/sa/b"));
        owner.ask("b-1", "b", ResourceType.SECRET, "key-of-b");
        assertThat(owner.next().toString()).contains("word-of-b");
        var stranger = client(authority.issue("spiffe://mesh/ns/default/sa/a"));

        stranger.ask("a-1", "a", ResourceType.SECRET, "key-of-b", "key");

        var answer = stranger.next();
        assertThat(answer.toString()).contains("word-of-a").doesNotContain("of-b");
        assertThat(meters.get("outrigger.xds.resources.sent").tag("type", "SDS").counter().count())
                .isEqualTo(2);
    }

    @Test
    void X16_clientStatusIsForAdministratorsOnly() throws Exception {
        client(authority.issue("spiffe://mesh/ns/default/sa/a")).ask("a-1", "a");
        var proxy = client(authority.issue("spiffe://mesh/ns/default/sa/a"));
        var administrator = client(authority.issue("spiffe://mesh/admin"));

        assertThatThrownBy(proxy::clientStatus)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        refused ->
                                assertThat(refused.getStatus().getCode())
                                        .isEqualTo(Status.Code.UNAUTHENTICATED));
        Eventually.within(
                PATIENCE, () -> assertThat(administrator.clientStatus()).isEqualTo(List.of("a-1")));
    }

    @Test
    void X16_thereIsNoReflectionAndNoDebugService() throws Exception {
        var administrator = client(authority.issue("spiffe://mesh/admin"));

        for (String service :
                List.of(
                        "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
                        "grpc.channelz.v1.Channelz/GetServers")) {
            assertThatThrownBy(() -> administrator.call(service))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            refused ->
                                    assertThat(refused.getStatus().getCode())
                                            .isEqualTo(Status.Code.UNIMPLEMENTED));
        }
    }
}
