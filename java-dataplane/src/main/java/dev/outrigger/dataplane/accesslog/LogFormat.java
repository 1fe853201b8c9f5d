// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import dev.outrigger.dataplane.config.AccessLogConfig.Format;
import dev.outrigger.dataplane.config.LocalReplyConfig.Template;

/** What a log line or a local reply's body looks like, compiled. Immutable. */
public sealed interface LogFormat permits FormatString, JsonFormat {
    /** Appends the text for an exchange; header bytes come out as Latin-1 characters. */
    void append(StringBuilder out, FormatContext context);

    /** The format of an access log. */
    static LogFormat of(Format format) {
        return switch (format) {
            case Format.Default() -> FormatString.parse(FormatString.DEFAULT_LOG, true);
            case Format.Text(String text) -> FormatString.parse(text, true);
            case Format.Json(var template, boolean omitEmpty) ->
                    JsonFormat.of(template, omitEmpty, true);
        };
    }

    /** The format of a local reply's body. */
    static LogFormat of(Template template) {
        return switch (template) {
            case Template.Text(String text) -> FormatString.parse(text, true);
            case Template.Json(var value, boolean omitEmpty) ->
                    JsonFormat.of(value, omitEmpty, true);
        };
    }
}
