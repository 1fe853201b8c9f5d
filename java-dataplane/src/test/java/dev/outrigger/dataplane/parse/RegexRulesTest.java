// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import static dev.outrigger.dataplane.parse.Outcomes.XDS;
import static dev.outrigger.dataplane.parse.Outcomes.accepted;
import static dev.outrigger.dataplane.parse.Outcomes.only;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.config.RouteTable;
import dev.outrigger.dataplane.config.RuntimeLayerConfig;
import dev.outrigger.dataplane.document.ConfigException;
import dev.outrigger.dataplane.runtime.RuntimeLayers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RegexRulesTest {
    private final RuntimeLayers runtime =
            new RuntimeLayers(List.of(new RuntimeLayerConfig.Admin("admin")));

    private Parsed<RouteTable> parse(String regex) {
        return RouteParser.parse(
                Protos.withRoute(
                        "{match: {safe_regex: {regex: '"
                                + regex
                                + "'}}, direct_response: {status: 200}}"),
                XDS.withRuntime(runtime::snapshot));
    }

    @Test
    void asksTheRuntimeEachTime() throws ConfigException {
        assertThat(accepted(parse("a".repeat(96))).virtualHosts()).hasSize(1);

        runtime.modify(Map.of("re2.max_program_size.error_level", "99"));

        assertThat(only(parse("a".repeat(96))).reason())
                .isEqualTo(
                        "regex '"
                                + "a".repeat(96)
                                + "' RE2 program size of 100 > max program size of 99 set for the"
                                + " error level threshold. Increase configured max program size if"
                                + " necessary.");
    }

    @Test
    void limitsNothingWhereThereIsNoRuntimeYet() {
        var route =
                Protos.withRoute(
                        "{match: {safe_regex: {regex: '"
                                + "a".repeat(200)
                                + "'}}, direct_response: {status: 200}}");

        assertThat(accepted(RouteParser.parse(route, XDS)).virtualHosts()).hasSize(1);
    }

    @Test
    void takesTheLevelOf32Bits() throws ConfigException {
        runtime.modify(Map.of("re2.max_program_size.error_level", "4294967296"));

        assertThat(only(parse("a")).reason()).contains("size of 5 > max program size of 0 set");
    }
}
