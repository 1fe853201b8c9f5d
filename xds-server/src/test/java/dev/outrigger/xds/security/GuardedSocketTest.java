// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrigger.xds.testing.Certificates;
import dev.outrigger.xds.testing.Eventually;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** The xDS port with certificates, over real connections. Rows X01 and X02. */
class GuardedSocketTest extends GuardedSocketStory {
    @Test
    void servesANodeThatTheCertificateMaySpeakFor() throws Exception {
        var client = client(authority.issue("spiffe://mesh/ns/default/sa/a"));

        client.ask("a-1", "a");

        assertThat(client.next().getResourcesCount()).isEqualTo(1);
    }

    @Test
    void aDnsNameWillDo() throws Exception {
        var client = client(authority.issue("a.mesh.example"));

        client.ask("a-1", "a");

        assertThat(client.next().getResourcesCount()).isEqualTo(1);
    }

    @Test
    void takesUpNewCertificatesWithoutLosingAConnection() throws Exception {
        var connected = client(authority.issue("spiffe://mesh/a"));
        connected.ask("a-1", "a");
        connected.next();
        var next = new Certificates("next");
        Certificates.write(directory, next.issue(SERVER), next);
        Eventually.within(
                PATIENCE,
                () ->
                        assertThat(
                                        meters.get("outrigger.xds.certificate.reloads")
                                                .tag("result", "reloaded")
                                                .counter()
                                                .count())
                                .isPositive());

        var fresh = client(next.issue("spiffe://mesh/a"), next);
        Eventually.within(
                PATIENCE,
                () -> {
                    fresh.ask("a-2", "a");
                    assertThat(fresh.next().getResourcesCount()).isEqualTo(1);
                });

        // Those who came with the old one are still there.
        policies.apply(
                """
                apiVersion: outrigger.dev/v1alpha1
                kind: Sidecar
                metadata: {name: a}
                spec:
                  selector: {cluster: a}
                  inbound: [{name: other, listenPort: 15007, appPort: 8080}]
                """);
        assertThat(connected.next().getResources(0).toString()).contains("inbound/other");
        // And whom only the old authority knows is a stranger now.
        var stranger = client(authority.issue("spiffe://mesh/a"));
        stranger.ask("a-3", "a");
        assertThat(stranger.failure().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }

    @Test
    void keepsWhatItHasWhileTheFilesDoNotBelongTogether() throws Exception {
        Certificates.replace(files.key(), authority.issue(SERVER).getPrivateKeyPEM());
        Eventually.within(
                PATIENCE,
                () ->
                        assertThat(
                                        meters.get("outrigger.xds.certificate.reloads")
                                                .tag("result", "failed")
                                                .counter()
                                                .count())
                                .isPositive());

        var client = client(authority.issue("spiffe://mesh/a"));
        client.ask("a-1", "a");

        assertThat(client.next().getResourcesCount()).isEqualTo(1);
    }

    @Test
    void saysWhichFileCannotBeUsed() throws Exception {
        var other = Certificates.write(directory.resolve("x"), authority.issue("y"), authority);

        assertThatThrownBy(() -> open(files.certificate(), other.key(), files.authorities()))
                .hasMessage("the key in " + other.key() + " is not that of " + files.certificate());
        assertThatThrownBy(() -> open(files.certificate(), files.key(), Path.of("/nowhere")))
                .hasMessage("/nowhere does not exist (expected: the authorities' certificates)");
        assertThatThrownBy(
                        () -> open(files.certificate(), files.certificate(), files.authorities()))
                .hasMessageStartingWith(
                        "the private key in " + files.certificate() + " cannot be read");
    }

    @Test
    void refusesPlaintextWhereOthersCanReachIt() throws Exception {
        var everywhere = new InetSocketAddress("0.0.0.0", 18000);

        assertThatThrownBy(() ->
                        GuardedSocket.open(
                                XdsSecurity.LOOPBACK_ONLY,
                                everywhere,
                                meters,
                                InstantSource.system()))
                .isInstanceOf(PlaintextRefusedException.class)
                .hasMessageStartingWith("xDS on 0.0.0.0:18000 would be plaintext");
        GuardedSocket.open(
                        new XdsSecurity.Plaintext(true), everywhere, meters, InstantSource.system())
                .close();
    }
}
