// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** JSON trees as text a person can read: indented JSON, or block-style YAML. */
public final class JsonText {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private JsonText() {}

    public static String json(Object tree) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree that cannot be written", e);
        }
    }

    public static String yaml(JsonNode tree) {
        return dump().dumpToString(plain(tree)).stripTrailing();
    }

    /** A stream of documents, each after its {@code ---}: what apply takes back. */
    public static String yaml(List<JsonNode> trees) {
        var text = new StringBuilder();
        for (var tree : trees) {
            text.append(text.isEmpty() ? "" : "---\n").append(yaml(tree)).append('\n');
        }
        return text.toString().stripTrailing();
    }

    private static Dump dump() {
        return new Dump(
                DumpSettings.builder()
                        .setDefaultFlowStyle(FlowStyle.BLOCK)
                        .setIndicatorIndent(2)
                        .setIndentWithIndicator(true)
                        .setIndent(2)
                        .build());
    }

    private static Object plain(JsonNode tree) {
        return JSON.convertValue(tree, Object.class);
    }
}
