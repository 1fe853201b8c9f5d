// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * {@code local_reply_config} (Y6).
 *
 * @param mappers the first whose filter matches is obeyed
 * @param bodyFormat of replies whose mapper has none of its own; absent: the body as it is, {@code
 *     text/plain}
 */
public record LocalReplyConfig(List<ResponseMapper> mappers, Optional<BodyFormat> bodyFormat) {
    public static final LocalReplyConfig NONE = new LocalReplyConfig(List.of(), Optional.empty());

    public LocalReplyConfig {
        mappers = List.copyOf(mappers);
    }

    /** Changes the replies its filter matches. */
    public record ResponseMapper(
            AccessLogFilterConfig filter,
            OptionalInt status,
            Optional<String> body,
            HeaderEdits headers,
            Optional<BodyFormat> bodyFormatOverride) {}

    /** How a body is made. */
    public record BodyFormat(Template template, String contentType) {}

    /** A text with command operators, or a JSON structure of such texts. */
    public sealed interface Template {
        record Text(String format) implements Template {}

        record Json(JsonTemplate value, boolean omitEmpty) implements Template {}
    }
}
