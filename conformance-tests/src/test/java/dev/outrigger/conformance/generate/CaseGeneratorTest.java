// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.stage.Transports;
import java.util.List;
import org.junit.jupiter.api.Test;

class CaseGeneratorTest {

    @Test
    void givesTheSameCaseForTheSameSeed() {
        assertThat(CaseGenerator.generate(7, 20)).isEqualTo(CaseGenerator.generate(7, 20));
        assertThat(CaseGenerator.generate(7, 20)).isNotEqualTo(CaseGenerator.generate(8, 20));
    }

    @Test
    void beginsALongerCaseAsAShorterOne() {
        var few = CaseGenerator.generate(7, 5);
        var many = CaseGenerator.generate(7, 9);

        assertThat(many.config()).isEqualTo(few.config());
        assertThat(many.scenarios().subList(0, 5)).isEqualTo(few.scenarios());
    }

    @Test
    void namesOnlyClustersThatAreThere() {
        for (long seed = 1; seed <= 50; seed++) {
            assertThat(CaseGenerator.generate(seed, 1).isWhole()).as("seed %s", seed).isTrue();
        }
    }

    @Test
    void isNotWholeWithoutAClusterThatIsNamed() {
        var config =
                new Message()
                        .need("listener", new Message().need("cluster", "${self}_a"))
                        .need("clusters", List.of())
                        .node();

        assertThat(new GeneratedCase(1, false, Transports.PLAIN, config, List.of()).isWhole())
                .isFalse();
    }
}
