// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.config.HeaderEdits;
import dev.outrigger.dataplane.config.RouteTable;
import dev.outrigger.dataplane.config.ScopeKeyConfig;
import dev.outrigger.dataplane.config.ScopeKeyConfig.Extract;
import dev.outrigger.dataplane.config.ScopeKeyConfig.HeaderFragment;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.runtime.RuntimeLayers;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScopedRoutesTest {
    @ParameterizedTest
    @CsvSource({
        "'a', '', 0, a",
        "'a;b;c', ';', 0, a",
        "'a;b;c', ';', 2, c",
        "'a;b;c', ';', 3, none",
        "'a;;c', ';', 1, ''",
        "'a--b', '--', 1, b",
    })
    void takesTheElementAtAnIndex(String value, String separator, int index, String expected) {
        var found =
                find(
                        new HeaderFragment("x-scope", separator, new Extract.Index(index)),
                        Heads.get("/", "x-scope: " + value));

        assertThat(found).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "'k=v', '', v",
        "'a=1;k=v;z=2', ';', v",
        "'a=1;k', ';', ''",
        "'a=1;k=v=w', ';', v=w",
        "'a=1;kk=v', ';', none",
        "'k=first;k=second', ';', first",
    })
    void takesWhatStandsBehindAKey(String value, String separator, String expected) {
        var found =
                find(
                        new HeaderFragment("x-scope", separator, new Extract.Element("=", "k")),
                        Heads.get("/", "x-scope: " + value));

        assertThat(found).isEqualTo(expected);
    }

    @Test
    void requestWithoutTheHeaderHasNoScope() {
        var fragment = new HeaderFragment("x-scope", "", new Extract.Index(0));

        assertThat(find(fragment, Heads.get("/"))).isEqualTo("none");
    }

    @Test
    void hostIsAHeaderToo() {
        var fragment = new HeaderFragment("host", "", new Extract.Index(0));

        assertThat(find(fragment, Heads.of("GET / HTTP/1.1", "host: b"))).isEqualTo("b");
    }

    private static String find(HeaderFragment fragment, RequestHead head) {
        Map<List<String>, Routes> scopes = new java.util.HashMap<>();
        for (String key : List.of("a", "b", "c", "v", "v=w", "first", "second", "")) {
            scopes.put(List.of(key), table(key));
        }
        Routes found =
                new ScopedRoutes(new ScopeKeyConfig(List.of(fragment)), scopes, Map.of())
                        .find(head);
        return found == null ? "none" : found.config().name();
    }

    private static Routes table(String name) {
        var table =
                new RouteTable(
                        name,
                        List.of(),
                        HeaderEdits.NONE,
                        HeaderEdits.NONE,
                        List.of(),
                        List.of(),
                        false,
                        true,
                        false,
                        Map.of(),
                        1);
        return new Routes(table, new StatsStore(1), RuntimeLayers.none(), config -> config);
    }
}
