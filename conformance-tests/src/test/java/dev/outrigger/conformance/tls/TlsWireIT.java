// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.stage.Identities;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Handshakes of every kind, good and bad. */
class TlsWireIT extends TlsComparison {
    @Override
    Setting setting(Identities identities) throws Exception {
        return new TlsSetting(identities);
    }

    /** What the cases are meant to be about happens at all. */
    @Test
    void refusesAndAcceptsWhatItShould() {
        Map<String, String> answers = oracle().answers();
        assertThat(answers.get("mtls: client")).contains("200 OK", "x-forwarded-client-cert");
        assertThat(answers.get("mtls: stranger")).contains("unknown_ca");
        assertThat(answers.get("host: wrong name")).contains("503");
        for (String known : List.of("hash", "key", "either", "both", "combined")) {
            assertThat(answers.get(known + ": client")).as(known).contains("200 OK");
            assertThat(answers.get(known + ": stranger")).as(known).doesNotContain("200 OK");
        }
        assertThat(answers.get("host: pinned host")).contains("200 OK");
        assertThat(answers.get("host: other pinned host")).contains("503");
        assertThat(answers.get("host: name of the host")).contains("a.wild.example.com");
        assertThat(oracle().stats())
                .containsEntry("listener.again.ssl.session_reused", 2L)
                .containsEntry("listener.never-again.ssl.session_reused", 0L);
    }
}
