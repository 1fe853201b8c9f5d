// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.accesslog.LogFilter;
import dev.outrigger.dataplane.accesslog.LogFormat;
import dev.outrigger.dataplane.config.LocalReplyConfig;
import dev.outrigger.dataplane.config.LocalReplyConfig.BodyFormat;
import dev.outrigger.dataplane.config.LocalReplyConfig.ResponseMapper;
import dev.outrigger.dataplane.message.AccessLogType;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.StreamInfo;
import dev.outrigger.dataplane.message.WireText;
import dev.outrigger.dataplane.route.HeaderEditor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code local_reply_config}, compiled (Y6): changes replies of our own. Immutable. */
final class LocalReplyMapping {
    private static final String TEXT = "text/plain";

    private final Mapper[] mappers;
    private final @Nullable Format format;

    private record Format(LogFormat template, String contentType) {
        static Format of(BodyFormat config) {
            return new Format(LogFormat.of(config.template()), WireText.of(config.contentType()));
        }

        boolean isJson() {
            return contentType.equals("application/json");
        }
    }

    private record Mapper(
            LogFilter filter,
            int status,
            @Nullable String body,
            HeaderEditor headers,
            @Nullable Format format) {
        static Mapper of(ResponseMapper config) {
            return new Mapper(
                    LogFilters.compile(config.filter()),
                    config.status().orElse(0),
                    config.body().orElse(null),
                    HeaderEditor.of(List.of(config.headers())),
                    config.bodyFormatOverride().map(Format::of).orElse(null));
        }
    }

    private LocalReplyMapping(LocalReplyConfig config) {
        mappers = config.mappers().stream().map(Mapper::of).toArray(Mapper[]::new);
        format = config.bodyFormat().map(Format::of).orElse(null);
    }

    /** {@code null} where nothing is configured. */
    static @Nullable LocalReplyMapping of(LocalReplyConfig config) {
        return config.mappers().isEmpty() && config.bodyFormat().isEmpty()
                ? null
                : new LocalReplyMapping(config);
    }

    /**
     * What a reply says now.
     *
     * @param body with one character for each byte
     * @param contentType of a body whose head names none; empty for the usual one
     * @param isJson whether a format of that type has made the body
     */
    record Mapped(String body, String contentType, boolean isJson) {}

    /**
     * Changes a reply.
     *
     * @param context with the reply as its response
     */
    Mapped apply(ResponseHead head, String body, FormatContext context) {
        StreamInfo info = context.info();
        info.setLogType(AccessLogType.NOT_SET);
        String type = head.headers().text(KnownHeader.CONTENT_TYPE);
        String text = body;
        Format chosen = format;
        for (Mapper mapper : mappers) {
            if (mapper.filter.matches(context)) {
                if (mapper.body != null) {
                    text = mapper.body;
                }
                mapper.headers.apply(head.headers(), context);
                if (mapper.status > 0) {
                    head.setStatus(mapper.status);
                    info.setResponseCode(mapper.status);
                }
                if (mapper.format != null) {
                    chosen = mapper.format;
                }
                break;
            }
        }
        String made = text;
        if (chosen != null) {
            info.setLocalReplyBody(text);
            var out = new StringBuilder();
            chosen.template.append(out, context);
            info.setLocalReplyBody("");
            made = out.toString();
        }
        info.setLogType(AccessLogType.DOWNSTREAM_END);
        boolean customType =
                !java.util.Objects.equals(type, head.headers().text(KnownHeader.CONTENT_TYPE));
        String usual = chosen == null ? TEXT : chosen.contentType;
        if (type != null && !customType && !made.isEmpty() && !made.equals(body)) {
            // What a route said of the body does not hold for another one.
            head.headers().set(KnownHeader.CONTENT_TYPE, Ascii.bytes(usual));
        }
        return new Mapped(made, customType ? "" : usual, chosen != null && chosen.isJson());
    }
}
