// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdentityRuleTest {
    @ParameterizedTest
    @CsvSource({
        "spiffe://mesh.example/ns/default/sa/a, a, a-1, true",
        "spiffe://mesh.example/a,               a, a-1, true",
        "spiffe://mesh.example/a/b,             a, a-1, false",
        "spiffe://mesh.example/A,               a, a-1, false",
        "spiffe://a,                            a, a-1, false",
        "spiffe://mesh.example/,                '', a-1, false",
        "a.mesh.example,                        a, a-1, true",
        "A.mesh.example,                        a, a-1, true",
        "a,                                     a, a-1, true",
        "b.a.mesh.example,                      a, a-1, false",
        "ab.mesh.example,                       a, a-1, false",
    })
    void byDefaultTheLastSegmentOrTheFirstLabelIsTheCluster(
            String name, String cluster, String id, boolean permitted) {
        assertThat(IdentityRule.DEFAULT.stream().anyMatch(rule -> rule.permits(name, cluster, id)))
                .isEqualTo(permitted);
    }

    @ParameterizedTest
    @CsvSource({
        "spiffe://td/{cluster}/{id},  spiffe://td/a/a-1,      true",
        "spiffe://td/{cluster}/{id},  spiffe://td/a/a-2,      false",
        "spiffe://td/{cluster}/{id},  spiffe://other/a/a-1,   false",
        "spiffe://td/{cluster}/{id},  spiffe://td/a/a-1/x,    false",
        "spiffe://td/ns/*/sa/{cluster}, spiffe://td/ns/x/sa/a, true",
        "spiffe://td/ns/*/sa/{cluster}, spiffe://td/ns//sa/a,  false",
        "spiffe://td/ns/*/sa/{cluster}, spiffe://td/ns/x/y/sa/a, false",
        "spiffe://td/**/{cluster}/**, x, false",
        "'{id}.{cluster}.mesh',       a-1.a.mesh,             true",
        "'{id}.{cluster}.mesh',       a-2.a.mesh,             false",
        "'{id}.{cluster}.mesh',       spiffe://a-1.a.mesh,    false",
        "'{id}.**',                   a-1,                    true",
    })
    void aTemplateNamesWhatMustBeTheNodes(String template, String name, boolean permitted) {
        if (template.indexOf("**") != template.lastIndexOf("**")) {
            assertThatThrownBy(() -> IdentityRule.parse(template))
                    .hasMessageContaining("more than once");
            return;
        }
        assertThat(IdentityRule.parse(template).permits(name, "a", "a-1")).isEqualTo(permitted);
    }

    @Test
    void rejectsARuleThatLetsEverybodyBeEverything() {
        assertThatThrownBy(() -> IdentityRule.parse("spiffe://td/**"))
                .hasMessage(
                        "identity rule 'spiffe://td/**': lets everybody be everything (expected:"
                                + " {cluster} or {id} in it)");
    }

    @Test
    void rejectsAPartThatIsNoTemplate() {
        assertThatThrownBy(() -> IdentityRule.parse("spiffe://td/{service}"))
                .hasMessageStartingWith("identity rule 'spiffe://td/{service}': '{service}'");
        assertThatThrownBy(() -> IdentityRule.parse("{cluster}..mesh"))
                .hasMessageContaining("'' (expected:");
    }
}
