// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.HeaderNameCase;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions.HeaderKeyFormat;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig;
import io.envoyproxy.envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig.FormatterTypeOnEnvoyHeaders;
import java.util.List;

/** {@code header_key_format} of either side. */
final class HeaderNameCaseParser {
    private static final SupportedFields PRESERVE =
            SupportedFields.of(PreserveCaseFormatterConfig.class)
                    .obeyed("forward_reason_phrase", "formatter_type_on_envoy_headers");

    private static final SupportedFields FORMATTER =
            SupportedFields.of(TypedExtensionConfig.class, "header formatter")
                    .noEffect("name", "the type decides")
                    .extension("typed_config", List.of(() -> PRESERVE));

    private static final SupportedFields PROPER =
            SupportedFields.of(HeaderKeyFormat.ProperCaseWords.class);

    static final SupportedFields FORMAT =
            SupportedFields.of(HeaderKeyFormat.class)
                    .nested("proper_case_words", () -> PROPER)
                    .nested("stateful_formatter", () -> FORMATTER);

    private HeaderNameCaseParser() {}

    static HeaderNameCase parse(HeaderKeyFormat proto, String path, Findings findings) {
        return switch (proto.getHeaderFormatCase()) {
            case PROPER_CASE_WORDS -> new HeaderNameCase.Proper();
            case STATEFUL_FORMATTER ->
                    Values.unpack(
                                    proto.getStatefulFormatter().getTypedConfig(),
                                    PreserveCaseFormatterConfig.class,
                                    FieldPaths.join(path, "stateful_formatter.typed_config"),
                                    findings)
                            .<HeaderNameCase>map(HeaderNameCaseParser::preserve)
                            .orElseGet(HeaderNameCase.Lower::new);
            case HEADERFORMAT_NOT_SET -> new HeaderNameCase.Lower();
        };
    }

    private static HeaderNameCase preserve(PreserveCaseFormatterConfig proto) {
        return new HeaderNameCase.Preserve(
                proto.getFormatterTypeOnEnvoyHeaders() == FormatterTypeOnEnvoyHeaders.PROPER_CASE,
                proto.getForwardReasonPhrase());
    }
}
