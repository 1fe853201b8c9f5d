// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.compare.Comparison;
import dev.outrigger.conformance.compare.Difference;
import dev.outrigger.conformance.exchange.CaseGroup;
import dev.outrigger.conformance.exchange.CaseReader;
import dev.outrigger.conformance.exchange.Exchange;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.Sabotage;
import dev.outrigger.conformance.proxy.SabotagedProxy;
import dev.outrigger.conformance.stage.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The suite must notice each kind of fault: a proxy that gets one thing wrong is caught. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SabotageIT {
    private Path folder;
    private CaseGroup group;
    private Exchange exchange;
    private SortedMap<String, String> honest;

    @BeforeAll
    void playHonestly(@TempDir Path folder) throws IOException {
        this.folder = folder;
        this.group =
                CaseReader.readAll(Path.of("src/test/resources/cases")).stream()
                        .filter(each -> each.name().equals("http"))
                        .findFirst()
                        .orElseThrow();
        this.exchange =
                group.exchanges().stream()
                        .filter(each -> each.id().equals("http/plain/get"))
                        .findFirst()
                        .orElseThrow();
        this.honest = play(Subjects.subject(), "honest");
    }

    @ParameterizedTest
    @EnumSource(value = Sabotage.class, mode = EnumSource.Mode.EXCLUDE, names = "NOTHING")
    void isNoticed(Sabotage sabotage) throws IOException {
        var sabotaged = play(new SabotagedProxy(Subjects.subject(), sabotage), sabotage.name());

        assertThat(differences(sabotaged)).extracting(Difference::field).contains(sabotage.field());
    }

    @Test
    void theRelayAloneIsNotNoticed() throws IOException {
        var relayed = play(new SabotagedProxy(Subjects.subject(), Sabotage.NOTHING), "relayed");

        assertThat(differences(relayed)).isEmpty();
    }

    @Test
    void everyKindOfObservationHasASabotage() {
        var kinds = honest.keySet().stream().map(SabotageIT::kind).collect(Collectors.toSet());
        var sabotaged =
                List.of(Sabotage.values()).stream()
                        .map(each -> kind(each.field()))
                        .collect(Collectors.toCollection(TreeSet::new));

        // The number of attempts stands for the counts of responses and log lines as well.
        assertThat(kinds).isSubsetOf(plus(sabotaged, "responses", "logs"));
    }

    private List<Difference> differences(SortedMap<String, String> fields) {
        return Comparison.of(honest, fields, Set.of());
    }

    private SortedMap<String, String> play(ProxyUnderTest proxy, String name) throws IOException {
        try (var stage = Stage.open(proxy, group, folder.resolve(name))) {
            return stage.normalizer().apply(stage.run(exchange).fields());
        }
    }

    private static String kind(String field) {
        return field.replaceAll("[\\[.].*", "");
    }

    private static Set<String> plus(Set<String> set, String... more) {
        var all = new TreeSet<>(set);
        all.addAll(List.of(more));
        return all;
    }
}
