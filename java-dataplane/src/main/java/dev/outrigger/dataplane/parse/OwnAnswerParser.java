// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.RouteActionConfig.DirectResponse;
import dev.outrigger.dataplane.config.RouteActionConfig.PathRewrite;
import dev.outrigger.dataplane.config.RouteActionConfig.Redirect;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.EnvironmentVariables;
import dev.outrigger.dataplane.message.WireText;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Routes that answer without an upstream: {@code RedirectAction}, {@code DirectResponseAction}. */
final class OwnAnswerParser {
    static final SupportedFields REDIRECT =
            SupportedFields.of(RedirectAction.class)
                    .obeyed(
                            "https_redirect",
                            "scheme_redirect",
                            "host_redirect",
                            "port_redirect",
                            "path_redirect",
                            "prefix_rewrite",
                            "response_code",
                            "strip_query")
                    .nested("regex_rewrite", () -> RewriteParser.REGEX_REWRITE);

    private static final SupportedFields BODY =
            SupportedFields.of(DataSource.class, "direct response body")
                    .obeyed("inline_string", "inline_bytes", "environment_variable")
                    .obeyedWithNote("filename", "read when the configuration arrives");

    static final SupportedFields DIRECT_RESPONSE =
            SupportedFields.of(DirectResponseAction.class)
                    .obeyed("status")
                    .nested("body", () -> BODY);

    private OwnAnswerParser() {}

    static Redirect redirect(RedirectAction proto, String path, Findings findings) {
        return new Redirect(
                switch (proto.getResponseCode()) {
                    case FOUND -> 302;
                    case SEE_OTHER -> 303;
                    case TEMPORARY_REDIRECT -> 307;
                    case PERMANENT_REDIRECT -> 308;
                    case MOVED_PERMANENTLY, UNRECOGNIZED -> 301;
                },
                WireText.of(proto.getSchemeRedirect()),
                proto.getHttpsRedirect(),
                WireText.of(proto.getHostRedirect()),
                Values.clamp(Integer.toUnsignedLong(proto.getPortRedirect())),
                WireText.of(proto.getPathRedirect()),
                pathRewrite(proto, path, findings),
                proto.getStripQuery());
    }

    private static PathRewrite pathRewrite(RedirectAction proto, String path, Findings findings) {
        if (proto.hasRegexRewrite()) {
            return new PathRewrite.Regex(
                    RewriteParser.regex(
                            proto.getRegexRewrite(),
                            FieldPaths.join(path, "regex_rewrite"),
                            findings));
        }
        return proto.getPrefixRewrite().isEmpty()
                ? new PathRewrite.None()
                : new PathRewrite.Prefix(proto.getPrefixRewrite());
    }

    /**
     * @param maxBodyBytes {@code max_direct_response_body_size_bytes}
     */
    static DirectResponse directResponse(
            DirectResponseAction proto, long maxBodyBytes, String path, Findings findings) {
        String at = FieldPaths.join(path, "body");
        byte[] body = body(proto.getBody(), maxBodyBytes, at, findings);
        if (body.length > maxBodyBytes) {
            findings.invalid(
                    at,
                    body.length + " bytes",
                    "response body size is " + body.length + " bytes; maximum is " + maxBodyBytes);
        }
        return new DirectResponse(proto.getStatus(), new String(body, StandardCharsets.ISO_8859_1));
    }

    private static byte[] body(DataSource source, long max, String path, Findings findings) {
        return switch (source.getSpecifierCase()) {
            case INLINE_BYTES -> source.getInlineBytes().toByteArray();
            case INLINE_STRING -> source.getInlineString().getBytes(StandardCharsets.UTF_8);
            case ENVIRONMENT_VARIABLE -> {
                String value = EnvironmentVariables.read(source.getEnvironmentVariable());
                if (value == null) {
                    findings.invalid(
                            path + ".environment_variable",
                            source.getEnvironmentVariable(),
                            "Environment variable doesn't exist: "
                                    + source.getEnvironmentVariable());
                    yield new byte[0];
                }
                yield Ascii.bytes(value);
            }
            case FILENAME -> file(source.getFilename(), max, path, findings);
            case SPECIFIER_NOT_SET -> new byte[0];
        };
    }

    private static byte[] file(String name, long max, String path, Findings findings) {
        try {
            Path file = Path.of(name);
            if (!Files.exists(file)) {
                findings.invalid(path + ".filename", name, "file " + name + " does not exist");
                return new byte[0];
            }
            long size = Files.size(file);
            if (size > max) {
                findings.invalid(
                        path + ".filename",
                        name,
                        "file " + name + " size is " + size + " bytes; maximum is " + max);
                return new byte[0];
            }
            return Files.readAllBytes(file);
        } catch (IOException | InvalidPathException e) {
            findings.invalid(path + ".filename", name, "Invalid path: " + name);
            return new byte[0];
        }
    }
}
