// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bytes of others' tests on both proxies, in one running pair: response, fate of the connection,
 * what the upstream received, access log and statistics must be the same. What the files expect
 * does not count; Envoy's answer does. {@code -Doutrigger.cases=llhttp} plays the cases whose id
 * begins so.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ThirdPartyWireIT {
    private final SelectedCases selected = SelectedCases.fromProperty();
    private final Map<String, List<WireCase>> sets = new LinkedHashMap<>();
    private Map<String, WirePlay.Outcome> outcomes = Map.of();

    @BeforeAll
    void play(@TempDir Path folder) throws IOException {
        Assumptions.assumeTrue(
                ThirdPartyData.isThere(), "no third-party data beside the repository");
        sets.put("path normalisation", ThirdPartyBytes.pathNormalization());
        sets.put("Envoy's codec", ThirdPartyBytes.envoyCodec());
        sets.put("llhttp", ThirdPartyBytes.llhttp());
        sets.put("transfer-encoding gadgets", ThirdPartyBytes.gadgets());
        sets.put("Gateway API", GatewayCases.read());
        var all = new ArrayList<WireCase>();
        sets.replaceAll(
                (_, cases) -> cases.stream().filter(each -> selected.contains(each.id())).toList());
        sets.values().forEach(all::addAll);
        selected.checkMetBy(all);
        outcomes = new WirePlay(Subjects.oracle(), Subjects.subject(), folder).play(all);
    }

    @TestFactory
    Stream<DynamicContainer> behavesAsEnvoy() {
        return sets.entrySet().stream()
                .map(set ->
                        dynamicContainer(
                                set.getKey(),
                                set.getValue().stream()
                                        .map(each -> dynamicTest(each.id(), () -> check(each)))));
    }

    private void check(WireCase each) {
        assertThat(outcomes.get(each.id()))
                .as("%s: %s", each.id(), each.steps())
                .satisfies(outcome -> assertThat(outcome.differences()).isEmpty());
    }
}
