// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.RouteActionConfig.HostRewrite;
import dev.outrigger.dataplane.config.RouteActionConfig.PathRewrite;
import dev.outrigger.dataplane.config.RouteActionConfig.RegexRewriteConfig;
import dev.outrigger.dataplane.message.Ascii;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import java.util.List;

/** What a route makes of path and host (3.2). */
final class RewriteParser {
    static final SupportedFields REGEX_REWRITE =
            SupportedFields.of(RegexMatchAndSubstitute.class)
                    .nested("pattern", () -> RouteMatchParser.REGEX)
                    .obeyed("substitution");

    private static final SupportedFields URI_TEMPLATE_REWRITE =
            SupportedFields.of(UriTemplateRewriteConfig.class).obeyed("path_template_rewrite");

    static final SupportedFields PATH_REWRITE_POLICY =
            SupportedFields.of(TypedExtensionConfig.class, "path rewrite policy")
                    .obeyed("name")
                    .extension("typed_config", List.of(() -> URI_TEMPLATE_REWRITE));

    private RewriteParser() {}

    static RegexRewriteConfig regex(RegexMatchAndSubstitute proto, String path, Findings findings) {
        RegexRules.check(proto.getPattern(), FieldPaths.join(path, "pattern"), findings);
        return new RegexRewriteConfig(proto.getPattern().getRegex(), proto.getSubstitution());
    }

    static PathRewrite path(RouteAction proto, String path, Findings findings) {
        int ways =
                (proto.getPrefixRewrite().isEmpty() ? 0 : 1)
                        + (proto.hasRegexRewrite() ? 1 : 0)
                        + (proto.hasPathRewritePolicy() ? 1 : 0);
        if (ways > 1) {
            findings.invalid(
                    path,
                    proto.getPrefixRewrite(),
                    "Specify only one of prefix_rewrite, regex_rewrite or path_rewrite_policy");
        }
        if (proto.hasRegexRewrite()) {
            return new PathRewrite.Regex(
                    regex(
                            proto.getRegexRewrite(),
                            FieldPaths.join(path, "regex_rewrite"),
                            findings));
        }
        if (proto.hasPathRewritePolicy()) {
            return template(
                    proto.getPathRewritePolicy(),
                    FieldPaths.join(path, "path_rewrite_policy"),
                    findings);
        }
        return proto.getPrefixRewrite().isEmpty()
                ? new PathRewrite.None()
                : new PathRewrite.Prefix(proto.getPrefixRewrite());
    }

    private static PathRewrite template(
            TypedExtensionConfig proto, String path, Findings findings) {
        return Values.unpack(
                        proto.getTypedConfig(),
                        UriTemplateRewriteConfig.class,
                        FieldPaths.join(path, "typed_config"),
                        findings)
                .<PathRewrite>map(config ->
                        UriTemplates.rewrite(config.getPathTemplateRewrite(), path, findings))
                .orElse(new PathRewrite.None());
    }

    static HostRewrite host(RouteAction proto, String path, Findings findings) {
        return switch (proto.getHostRewriteSpecifierCase()) {
            case HOST_REWRITE_LITERAL ->
                    proto.getHostRewriteLiteral().isEmpty()
                            ? new HostRewrite.None()
                            : new HostRewrite.Literal(proto.getHostRewriteLiteral());
            case AUTO_HOST_REWRITE ->
                    proto.getAutoHostRewrite().getValue()
                            ? new HostRewrite.Auto()
                            : new HostRewrite.None();
            case HOST_REWRITE_HEADER ->
                    proto.getHostRewriteHeader().isEmpty()
                            ? new HostRewrite.None()
                            : new HostRewrite.Header(Ascii.lower(proto.getHostRewriteHeader()));
            case HOST_REWRITE_PATH_REGEX ->
                    new HostRewrite.PathRegex(
                            regex(
                                    proto.getHostRewritePathRegex(),
                                    FieldPaths.join(path, "host_rewrite_path_regex"),
                                    findings));
            case HOSTREWRITESPECIFIER_NOT_SET -> new HostRewrite.None();
        };
    }
}
