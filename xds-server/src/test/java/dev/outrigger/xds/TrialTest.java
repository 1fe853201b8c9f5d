// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds;

import static dev.outrigger.xds.testing.Documents.mesh;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.status.Withheld;
import dev.outrigger.xds.reconcile.RolloutOptions;
import dev.outrigger.xds.testing.Eventually;
import dev.outrigger.xds.testing.ScriptedXdsClient;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Content that a share of the proxies tries first, over real connections. */
class TrialTest extends RolloutStory {
    @Test
    void aTrialGivesNewContentToAShareAndGoesOnWhenThatAccepts() throws Exception {
        start(RolloutOptions.DEFAULT.withCanary(20, Duration.ofMinutes(5)));
        var ids = IntStream.rangeClosed(1, 10).mapToObj(i -> "a-" + i).toArray(String[]::new);
        synced(policies.apply(mesh("/good")), ids);
        clients.forEach(client -> client.holdAnswers(RDS));

        long revision = policies.apply(mesh("/new"));

        Eventually.within(
                PATIENCE,
                () -> assertThat(clients).filteredOn(one -> one.everSent(RDS, "/new")).hasSize(2));
        var waiting = engine().status().awaitSync(revision, SOON);
        assertThat(waiting.synced()).isFalse();
        assertThat(waiting.withheld())
                .singleElement()
                .satisfies(held -> {
                    assertThat(held.reason()).isEqualTo(Withheld.Reason.ON_TRIAL);
                    assertThat(held.proxies()).hasSize(2);
                });
        assertThat(clients).filteredOn(one -> one.everSent(RDS, "/new")).hasSize(2);

        clients.forEach(ScriptedXdsClient::releaseAnswers);

        var report = engine().status().awaitSync(revision, PATIENCE);
        assertThat(report.synced()).isTrue();
        assertThat(report.withheld()).isEmpty();
        assertThat(clients).allSatisfy(one -> assertThat(one.content(RDS)).contains("/new"));
        assertThat(meters.get("outrigger.xds.trials").tag("event", "accepted").counter().count())
                .isEqualTo(1);
    }

    @Test
    void aTrialThatIsRefusedStopsAndTheOthersNeverSeeIt() throws Exception {
        start(RolloutOptions.DEFAULT.withCanary(10, Duration.ofMinutes(5)));
        var ids = IntStream.rangeClosed(1, 10).mapToObj(i -> "a-" + i).toArray(String[]::new);
        synced(policies.apply(mesh("/good")), ids);
        clients.forEach(client -> client.refuse(RDS, "/bad", "no"));

        var report = engine().status().awaitSync(policies.apply(mesh("/bad")), PATIENCE);

        assertThat(report.synced()).isFalse();
        assertThat(clients).filteredOn(one -> one.everSent(RDS, "/bad")).hasSize(1);
        Eventually.within(
                PATIENCE,
                () ->
                        assertThat(clients)
                                .allSatisfy(one -> assertThat(one.content(RDS)).contains("/good")));
        assertThat(meters.get("outrigger.xds.trials").tag("event", "refused").counter().count())
                .isEqualTo(1);
        // The next content gets its own trial.
        assertThat(engine().status().awaitSync(policies.apply(mesh("/better")), PATIENCE).synced())
                .isTrue();
    }

    @Test
    void aTrialWhoseProxiesDoNotAnswerGoesOnAfterItsTime() throws Exception {
        start(RolloutOptions.DEFAULT.withCanary(10, SOON));
        synced(policies.apply(mesh("/good")), "a-1", "a-2", "a-3");
        clients.forEach(client -> client.holdAnswers(RDS));

        policies.apply(mesh("/new"));

        Eventually.within(
                PATIENCE,
                () ->
                        assertThat(clients)
                                .allSatisfy(one -> assertThat(one.everSent(RDS, "/new")).isTrue()));
        assertThat(meters.get("outrigger.xds.trials").tag("event", "time-up").counter().count())
                .isEqualTo(1);
    }
}
