// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Where an access log's lines have the response flags. */
public sealed interface AccessLogLines {
    /** Whether the line has one of the flags. */
    boolean hasFlag(String line, Set<String> flags);

    /**
     * @param log an entry of a Sidecar's {@code accessLog}; empty if its format does not tell
     */
    static Optional<AccessLogLines> of(JsonNode log) {
        if (log.has("text")) {
            return Optional.empty();
        }
        if (!log.has("json")) {
            return Optional.of(new Standard());
        }
        return log.path("json")
                .propertyStream()
                .filter(field -> field.getValue().asText().equals("%RESPONSE_FLAGS%"))
                .findFirst()
                .map(field -> new Json(field.getKey()));
    }

    private static boolean isAny(String text, Set<String> flags) {
        return Arrays.stream(text.split(",")).anyMatch(flags::contains);
    }

    /** Envoy's own line: the flags come after the request and the status. */
    record Standard() implements AccessLogLines {
        private static final Pattern FLAGS =
                Pattern.compile("^\\[[^]]*\\] \"[^\"]*\" \\S+ (\\S+) ");

        @Override
        public boolean hasFlag(String line, Set<String> flags) {
            var found = FLAGS.matcher(line);
            return found.find() && isAny(found.group(1), flags);
        }
    }

    /** An object in each line, one field of which has them. */
    record Json(String field) implements AccessLogLines {
        private static final JsonMapper JSON = JsonMapper.builder().build();

        @Override
        public boolean hasFlag(String line, Set<String> flags) {
            try {
                return isAny(JSON.readTree(line).path(field).asText(), flags);
            } catch (JsonProcessingException _) {
                return false; // Half a line that is being written.
            }
        }
    }
}
