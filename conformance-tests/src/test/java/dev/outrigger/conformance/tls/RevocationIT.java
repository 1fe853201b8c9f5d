// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.stage.Identities;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Lists of revoked certificates (TL4): who is let in, who is gone to, and what is said of it. */
class RevocationIT extends TlsComparison {
    @Override
    Setting setting(Identities identities) throws Exception {
        return new RevocationSetting(identities, Instant.now());
    }

    /** What the cases are meant to be about happens at all. */
    @Test
    void refusesAndAcceptsWhatItShould() {
        Map<String, String> answers = oracle().answers();
        for (String good : new String[] {"nobody-revoked", "expired-allowed", "accepted"}) {
            assertThat(answers.get(good + ": client")).as(good).contains("200 OK");
            assertThat(answers.get(good + ": host far")).as(good).contains("200 OK");
        }
        assertThat(answers.get("leaf-revoked: client")).doesNotContain("200 OK");
        assertThat(answers.get("leaf-revoked: pointing")).contains("200 OK");
        assertThat(answers.get("leaf-revoked: host far")).contains("503");
        assertThat(answers.get("leaf-only-between: far")).contains("200 OK");
        assertThat(oracle().log())
                .anyMatch(line -> line.contains("certificate_revoked"))
                .anyMatch(line -> line.contains("unable_to_get_certificate_CRL,_certificate_CRL_"))
                .anyMatch(line -> line.contains("CRL_has_expired"))
                .anyMatch(line -> line.contains("CRL_is_not_yet_valid"))
                .anyMatch(line -> line.contains("BAD_SIGNATURE"))
                .anyMatch(line -> line.contains("Different_CRL_scope"))
                .anyMatch(line -> line.contains("unhandled_critical_CRL_extension"));
        assertThat(oracle().stats())
                .containsEntry("listener.leaf-revoked.ssl.fail_verify_error", 2L);
    }
}
