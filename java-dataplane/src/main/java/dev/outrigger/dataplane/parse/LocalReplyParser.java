// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.LocalReplyConfig;
import dev.outrigger.dataplane.config.LocalReplyConfig.BodyFormat;
import dev.outrigger.dataplane.config.LocalReplyConfig.Template;
import dev.outrigger.dataplane.message.WireText;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ResponseMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code local_reply_config} (Y6). */
final class LocalReplyParser {
    private static final String TEXT = "text/plain";
    private static final String JSON = "application/json";

    private static final SupportedFields BODY =
            SupportedFields.of(DataSource.class, "local reply body")
                    .obeyed("inline_string", "inline_bytes");

    private static final SupportedFields MAPPER =
            SupportedFields.of(ResponseMapper.class)
                    .nested("filter", () -> AccessLogFilterParser.FILTER)
                    .obeyed("status_code")
                    .nested("body", () -> BODY)
                    .nested("body_format_override", () -> SubstitutionFormats.BODY)
                    .nested("headers_to_add", () -> HeaderEditsParser.HEADER_OPTION);

    static final SupportedFields CONFIG =
            SupportedFields.of(
                            io.envoyproxy.envoy.extensions.filters.network.http_connection_manager
                                    .v3.LocalReplyConfig.class)
                    .nested("mappers", () -> MAPPER)
                    .nested("body_format", () -> SubstitutionFormats.BODY);

    private LocalReplyParser() {}

    static LocalReplyConfig parse(
            io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3
                            .LocalReplyConfig
                    proto,
            String path,
            Findings findings) {
        var mappers = new ArrayList<LocalReplyConfig.ResponseMapper>();
        for (int i = 0; i < proto.getMappersCount(); i++) {
            mappers.add(
                    mapper(
                            proto.getMappers(i),
                            FieldPaths.index(FieldPaths.join(path, "mappers"), i),
                            findings));
        }
        return new LocalReplyConfig(
                mappers,
                format(
                        proto.hasBodyFormat(),
                        proto.getBodyFormat(),
                        FieldPaths.join(path, "body_format"),
                        findings));
    }

    private static LocalReplyConfig.ResponseMapper mapper(
            ResponseMapper proto, String path, Findings findings) {
        return new LocalReplyConfig.ResponseMapper(
                AccessLogFilterParser.parse(
                        proto.getFilter(), FieldPaths.join(path, "filter"), findings),
                proto.hasStatusCode()
                        ? OptionalInt.of(proto.getStatusCode().getValue())
                        : OptionalInt.empty(),
                proto.hasBody() ? Optional.of(text(proto.getBody())) : Optional.empty(),
                HeaderEditsParser.additions(
                        proto.getHeadersToAddList(),
                        FieldPaths.join(path, "headers_to_add"),
                        findings),
                format(
                        proto.hasBodyFormatOverride(),
                        proto.getBodyFormatOverride(),
                        FieldPaths.join(path, "body_format_override"),
                        findings));
    }

    /** With a character for each byte, which need not be UTF-8. */
    private static String text(DataSource body) {
        return body.hasInlineBytes()
                ? body.getInlineBytes().toString(StandardCharsets.ISO_8859_1)
                : WireText.of(body.getInlineString());
    }

    private static Optional<BodyFormat> format(
            boolean present, SubstitutionFormatString proto, String path, Findings findings) {
        if (!present) {
            return Optional.empty();
        }
        boolean json = proto.hasJsonFormat();
        Template template =
                json
                        ? new Template.Json(
                                SubstitutionFormats.json(
                                        proto.getJsonFormat(),
                                        FieldPaths.join(path, "json_format"),
                                        findings),
                                proto.getOmitEmptyValues())
                        : new Template.Text(SubstitutionFormats.text(proto, path, findings));
        String type = json ? JSON : TEXT;
        return Optional.of(
                new BodyFormat(
                        template,
                        proto.getContentType().isEmpty() ? type : proto.getContentType()));
    }
}
