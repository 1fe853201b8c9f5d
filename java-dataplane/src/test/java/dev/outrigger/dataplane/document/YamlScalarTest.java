// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.document;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlScalarTest {
    /** As Envoy 1.40.0 converts them before they reach a message. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\0',
            value = {
                "n, false",
                "y, true",
                "Yes, true",
                "OFF, false",
                "oN, \"oN\"",
                "true, true",
                "'true', \"true\"",
                "\"5\", \"5\"",
                "5, 5",
                "-7, -7",
                "0x10, 16",
                "010, 8",
                "08, \"08\"",
                "1.5, \"1.5\"",
                "1e3, \"1e3\"",
                "5s, \"5s\"",
                "~, null",
                "null, null",
                "NuLL, \"NuLL\"",
                "2026-01-01, \"2026-01-01\"",
            })
    void isWhatEnvoyTakesItFor(String yaml, String json) throws ConfigException {
        var document = ConfigDocument.yaml("k: " + yaml).orElseThrow();

        assertThat(document.toJson().getAsJsonObject().get("k"))
                .isEqualTo(JsonParser.parseString(json));
    }

    @Test
    void keepsNumbersOfJson() throws ConfigException {
        var document = ConfigDocument.json("{\"k\": 1.5, \"n\": \"n\", \"b\": true}").orElseThrow();

        assertThat(document.toJson())
                .isEqualTo(JsonParser.parseString("{\"k\": 1.5, \"n\": \"n\", \"b\": true}"));
    }
}
