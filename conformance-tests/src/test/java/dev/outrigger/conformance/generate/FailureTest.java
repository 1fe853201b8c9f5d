// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.compare.Difference;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FailureTest {

    @Test
    void isTheMostTellingDifferenceWithoutItsNumbers() {
        var failure =
                Failure.of(
                        List.of(
                                difference("exchange[3].attempt[2].body"),
                                difference("exchange[3].response[1].status"),
                                difference("stat.cluster.self_a.upstream_rq_200")));

        assertThat(failure.field()).isEqualTo("response[].status");
    }

    @Test
    void doesNotKnowClustersApart() {
        assertThat(Failure.general("stat.cluster.self_a.upstream_rq_200"))
                .isEqualTo(Failure.general("stat.cluster.self_b.upstream_rq_200"));
    }

    private static Difference difference(String field) {
        return new Difference(field, Optional.of("1"), Optional.empty());
    }
}
