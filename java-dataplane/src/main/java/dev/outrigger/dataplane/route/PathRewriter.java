// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.outrigger.dataplane.config.RouteActionConfig.PathRewrite;
import dev.outrigger.dataplane.config.RouteActionConfig.TemplateSegment;
import dev.outrigger.dataplane.config.RouteMatchConfig.PathMatch;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.SoundHeaders;
import dev.outrigger.dataplane.message.WireText;
import org.jspecify.annotations.Nullable;

/** What a route makes of the path; the query stays (B2..B4). Immutable. */
@FunctionalInterface
interface PathRewriter {
    /**
     * The new path with the request's query, or {@code null} when it stays.
     *
     * @param matched how much of the path the route's condition matched; -1 for none of it
     */
    byte @Nullable [] rewrite(RequestHead head, int matched);

    PathRewriter NONE = (head, matched) -> null;

    static PathRewriter of(PathRewrite config, PathMatch match) {
        return switch (config) {
            case PathRewrite.None _ -> NONE;
            case PathRewrite.Prefix(String prefix) -> {
                byte[] replacement = WireText.bytes(prefix);
                yield (head, matched) -> matched < 0 ? null : replace(head, matched, replacement);
            }
            case PathRewrite.Regex(var regex) -> {
                var rewrite = new RegexRewrite(regex);
                yield (head, matched) -> {
                    int length = head.pathLengthWithoutQuery();
                    String path = path(head, length);
                    String rewritten = rewrite.replaceAll(path);
                    return rewritten.isEmpty()
                            ? null
                            : replace(head, length, Ascii.bytes(rewritten));
                };
            }
            case PathRewrite.UriTemplate template -> template(template, match);
        };
    }

    /** Whether it writes nothing that {@link SoundHeaders} would not let out. */
    static boolean isSound(PathRewrite config) {
        return switch (config) {
            case PathRewrite.None _ -> true;
            case PathRewrite.Prefix(String prefix) -> SoundHeaders.isValue(prefix);
            case PathRewrite.Regex(var regex) -> SoundHeaders.isValue(regex.substitution());
            case PathRewrite.UriTemplate(_, var segments) ->
                    segments.stream()
                            .allMatch(segment ->
                                    !(segment instanceof TemplateSegment.Literal(String text))
                                            || SoundHeaders.isValue(text));
        };
    }

    private static PathRewriter template(PathRewrite.UriTemplate config, PathMatch match) {
        if (!(match instanceof PathMatch.UriTemplate(_, String regex, var variables))) {
            return NONE;
        }
        Pattern pattern = Latin1Regex.compile(regex);
        return (head, matched) -> {
            int length = head.pathLengthWithoutQuery();
            Matcher matcher = pattern.matcher(path(head, length));
            if (!matcher.matches()) {
                return null;
            }
            var out = new StringBuilder();
            for (TemplateSegment segment : config.segments()) {
                switch (segment) {
                    case TemplateSegment.Literal(String text) -> out.append(text);
                    case TemplateSegment.Variable(String name) ->
                            out.append(matcher.group(variables.indexOf(name) + 1));
                }
            }
            return replace(head, length, Ascii.bytes(out.toString()));
        };
    }

    private static String path(RequestHead head, int length) {
        return new String(head.headers().data(), head.pathOffset(), length, ISO_8859_1);
    }

    private static byte[] replace(RequestHead head, int length, byte[] replacement) {
        int rest = head.pathLength() - length;
        byte[] rewritten = new byte[replacement.length + rest];
        System.arraycopy(replacement, 0, rewritten, 0, replacement.length);
        System.arraycopy(
                head.headers().data(),
                head.pathOffset() + length,
                rewritten,
                replacement.length,
                rest);
        return rewritten;
    }
}
