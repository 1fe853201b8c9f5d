// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds;

import static dev.outrigger.xds.testing.Documents.mesh;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.status.ProxyStatus.State;
import dev.outrigger.policy.status.Withheld;
import dev.outrigger.xds.memory.RolloutFiles;
import dev.outrigger.xds.reconcile.RolloutOptions;
import dev.outrigger.xds.testing.Eventually;
import dev.outrigger.xds.testing.ScriptedXdsClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a control plane that starts again knows of what was refused before. */
class RestartTest extends RolloutStory {
    @TempDir private Path directory;

    @Test
    void whatWasRefusedIsNotSentAgainAfterARestart() throws Exception {
        start(RolloutOptions.DEFAULT, memory());
        synced(policies.apply(mesh("/good")), "a-1", "a-2");
        client("a-2").refuse(RDS, "/bad", "outbound/http: /bad is no good");
        engine().status().awaitSync(policies.apply(mesh("/bad")), PATIENCE);
        Eventually.within(PATIENCE, () -> assertThat(client("a-1").content(RDS)).contains("/good"));

        restartEverything(RolloutOptions.DEFAULT);
        var first = connect("a-1");
        var other = connect("a-3");
        var report = synced(policies.current().revision());

        assertThat(report.withheld())
                .singleElement()
                .satisfies(held -> {
                    assertThat(held.reason()).isEqualTo(Withheld.Reason.REFUSED);
                    assertThat(held.proxies()).containsExactly("a-2");
                    assertThat(held.detail()).contains("/bad is no good");
                    assertThat(held.fields()).hasSize(1);
                });
        assertThat(first.content(RDS)).contains("/good");
        assertThat(first.everSent(RDS, "/bad")).isFalse();
        assertThat(other.everSent(RDS, "/bad")).isFalse();
        assertThat(rds(status("a-3")).state()).isEqualTo(State.HELD);
        // The next change is on its own merits, and ends what had to be remembered.
        assertThat(engine().status().awaitSync(policies.apply(mesh("/better")), PATIENCE).synced())
                .isTrue();
        restartEverything(RolloutOptions.DEFAULT);
        connect("a-1");
        assertThat(synced(policies.current().revision()).withheld()).isEmpty();
        assertThat(client("a-1").content(RDS)).contains("/better");
    }

    @Test
    void aTrialGoesOnWithTheSameProxiesAfterARestart() throws Exception {
        var options = RolloutOptions.DEFAULT.withCanary(20, Duration.ofMinutes(5));
        start(options, memory());
        var ids = IntStream.rangeClosed(1, 10).mapToObj(i -> "a-" + i).toArray(String[]::new);
        synced(policies.apply(mesh("/good")), ids);
        clients.forEach(client -> client.holdAnswers(RDS));
        policies.apply(mesh("/new"));
        Eventually.within(
                PATIENCE,
                () -> assertThat(clients).filteredOn(one -> one.everSent(RDS, "/new")).hasSize(2));
        var tried =
                clients.stream()
                        .filter(one -> one.everSent(RDS, "/new"))
                        .map(ScriptedXdsClient::id)
                        .toList();

        restartEverything(options);
        for (String id : ids) {
            connect(id, client -> client.refuse(RDS, "/new", "no"));
        }
        Eventually.within(
                PATIENCE,
                () ->
                        assertThat(clients)
                                .allSatisfy(one -> assertThat(one.content(RDS)).contains("/good")));

        // Whoever came first was not given it for being alone; and nobody else after the refusal.
        assertThat(clients)
                .filteredOn(one -> one.everSent(RDS, "/new"))
                .extracting(ScriptedXdsClient::id)
                .isSubsetOf(tried);
    }

    @Test
    void contentWhoseTrialFailedIsGivenToNobodyAfterARestart() throws Exception {
        var options = RolloutOptions.DEFAULT.withCanary(10, Duration.ofMinutes(5));
        start(options, memory());
        synced(policies.apply(mesh("/good")), "a-1", "a-2", "a-3");
        clients.forEach(client -> client.refuse(RDS, "/bad", "no"));
        engine().status().awaitSync(policies.apply(mesh("/bad")), PATIENCE);

        restartEverything(options);
        for (String id : new String[] {"a-1", "a-2", "a-3"}) {
            connect(id);
        }
        synced(policies.current().revision());

        assertThat(clients)
                .allSatisfy(one -> {
                    assertThat(one.everSent(RDS, "/bad")).isFalse();
                    assertThat(one.content(RDS)).contains("/good");
                });
    }

    private RolloutFiles memory() throws Exception {
        return RolloutFiles.beside(directory.resolve("outrigger.db"));
    }

    private void restartEverything(RolloutOptions options) throws Exception {
        stopEngine();
        clients.forEach(ScriptedXdsClient::close);
        clients.clear();
        start(options, memory());
    }
}
