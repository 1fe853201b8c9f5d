// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.re2j.Pattern;
import dev.outrigger.dataplane.config.RouteActionConfig.PathRewrite;
import dev.outrigger.dataplane.config.RouteActionConfig.TemplateSegment;
import dev.outrigger.dataplane.config.RouteMatchConfig.PathMatch;
import java.util.ArrayList;
import java.util.List;

/**
 * URI templates of {@code path_match_policy} and {@code path_rewrite_policy} (M8): segments between
 * slashes that are literals, {@code *}, {@code **}, or variables {@code {name}} and {@code
 * {name=pattern}}. Follows Envoy's grammar, limits and order of checks.
 */
final class UriTemplates {
    private static final int MAX_VARIABLES = 5;
    private static final int MAX_NAME_LENGTH = 16;
    private static final String LITERAL = "a-zA-Z0-9-._~%!$&'()+,;:@=";
    private static final String ONE_SEGMENT = "[" + LITERAL + "]+";
    private static final String ANY_SEGMENTS = "[" + LITERAL + "/]*";
    private static final Pattern PRINTABLE = Pattern.compile("/[!-~]*");
    private static final Pattern VALID_LITERAL = Pattern.compile(ONE_SEGMENT);
    private static final Pattern VALID_REWRITE = Pattern.compile("[" + LITERAL + "/]+");
    private static final Pattern VALID_NAME = Pattern.compile("[a-zA-Z][a-zA-Z0-9_]*");

    private final String template;
    private final StringBuilder regex = new StringBuilder("/");
    private final List<String> variables = new ArrayList<>();
    private int at = 1;
    private boolean seenTextGlob;

    private static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message);
        }
    }

    private UriTemplates(String template) {
        this.template = template;
    }

    /** Reads a template to match with. */
    static PathMatch match(String template, String path, Findings findings) {
        var reader = new UriTemplates(template);
        try {
            reader.read();
        } catch (Malformed e) {
            findings.invalid(
                    path,
                    template,
                    "path_match_policy.path_template "
                            + template
                            + " is invalid: "
                            + e.getMessage());
            return new PathMatch.Prefix("");
        }
        return new PathMatch.UriTemplate(template, reader.regex.toString(), reader.variables);
    }

    private void read() throws Malformed {
        if (!PRINTABLE.matches(template)) {
            throw new Malformed("Invalid pattern");
        }
        boolean first = true;
        while (at < template.length()) {
            if (!first) {
                regex.append('/');
            }
            first = false;
            segment();
            if (at == template.length()) {
                break;
            }
            if (template.charAt(at) != '/') {
                // Literal text right behind a glob or variable ends the template.
                regex.append(literal(template.length()));
                if (at < template.length()) {
                    throw new Malformed("Prefix match not supported.");
                }
                break;
            }
            at++;
            if (at == template.length()) {
                regex.append('/');
            }
        }
    }

    private void segment() throws Malformed {
        switch (template.charAt(at)) {
            case '*' -> regex.append(glob(template.length()));
            case '{' -> variable();
            default -> regex.append(literal(template.length()));
        }
    }

    private String glob(int end) throws Malformed {
        if (seenTextGlob) {
            throw new Malformed("Glob after text glob.");
        }
        if (at + 1 < end && template.charAt(at + 1) == '*') {
            at += 2;
            seenTextGlob = true;
            return ANY_SEGMENTS;
        }
        at++;
        return ONE_SEGMENT;
    }

    private String literal(int end) throws Malformed {
        int slash = template.indexOf('/', at);
        String text = template.substring(at, slash < 0 || slash > end ? end : slash);
        if (!VALID_LITERAL.matches(text)) {
            throw new Malformed("Invalid literal: \"" + text + "\"");
        }
        at += text.length();
        return Pattern.quote(text);
    }

    private void variable() throws Malformed {
        int end = template.indexOf('}', at);
        if (end < 0) {
            throw new Malformed("Unmatched variable bracket in \"" + template.substring(at) + "\"");
        }
        int equals = template.indexOf('=', at);
        boolean plain = equals < 0 || equals > end;
        String name = template.substring(at + 1, plain ? end : equals);
        checkName(name);
        variables.add(name);
        regex.append('(');
        if (plain) {
            if (seenTextGlob) {
                throw new Malformed("Implicit variable path glob after text glob.");
            }
            regex.append(ONE_SEGMENT);
        } else {
            at = equals + 1;
            if (at == end) {
                throw new Malformed("Empty variable match");
            }
            pattern(end);
        }
        regex.append(')');
        at = end + 1;
    }

    private void checkName(String name) throws Malformed {
        if (!VALID_NAME.matches(name)) {
            throw new Malformed("Invalid variable name: \"" + name + "\"");
        }
        if (variables.size() >= MAX_VARIABLES) {
            throw new Malformed("Exceeded variable count limit (" + MAX_VARIABLES + ")");
        }
        if (name.length() > MAX_NAME_LENGTH) {
            throw new Malformed("Variable name too long: \"" + name + "\"");
        }
        if (variables.contains(name)) {
            throw new Malformed("Repeated variable name: \"" + name + "\"");
        }
    }

    /** What a variable matches, up to its bracket. */
    private void pattern(int end) throws Malformed {
        while (at < end) {
            regex.append(template.charAt(at) == '*' ? glob(end) : literal(end));
            if (at < end) {
                if (template.charAt(at) != '/' || at + 1 == end) {
                    throw new Malformed("Invalid variable match");
                }
                regex.append('/');
                at++;
            }
        }
    }

    /** Reads a template to rewrite with. */
    static PathRewrite rewrite(String template, String path, Findings findings) {
        try {
            return new PathRewrite.UriTemplate(template, segments(template));
        } catch (Malformed e) {
            findings.invalid(
                    path,
                    template,
                    "path_rewrite_policy.path_template_rewrite "
                            + template
                            + " is invalid: "
                            + e.getMessage());
            return new PathRewrite.None();
        }
    }

    private static List<TemplateSegment> segments(String template) throws Malformed {
        if (!template.startsWith("/")) {
            throw new Malformed("Invalid rewrite variable placement");
        }
        if (template.contains("//")) {
            throw new Malformed("Invalid rewrite literal");
        }
        var segments = new ArrayList<TemplateSegment>();
        int at = 0;
        while (at < template.length()) {
            int open = template.indexOf('{', at);
            String text = template.substring(at, open < 0 ? template.length() : open);
            if (!text.isEmpty()) {
                if (!VALID_REWRITE.matches(text)) {
                    throw new Malformed("Invalid rewrite literal pattern");
                }
                segments.add(new TemplateSegment.Literal(text));
            }
            if (open < 0) {
                break;
            }
            int close = template.indexOf('}', open);
            if (close < 0) {
                throw new Malformed("Unmatched variable bracket");
            }
            String name = template.substring(open + 1, close);
            if (!VALID_NAME.matches(name)) {
                throw new Malformed("Invalid variable name");
            }
            segments.add(new TemplateSegment.Variable(name));
            at = close + 1;
        }
        return segments;
    }

    /** Whether a route's two policies fit together. */
    static void checkPair(PathMatch match, PathRewrite rewrite, String path, Findings findings) {
        switch (rewrite) {
            case PathRewrite.UriTemplate(String text, var segments) -> {
                if (!(match instanceof PathMatch.UriTemplate(String pattern, _, var variables))) {
                    findings.invalid(
                            path,
                            text,
                            "unable to use envoy.path.rewrite.uri_template.uri_template_rewriter"
                                    + " extension without"
                                    + " envoy.path.match.uri_template.uri_template_matcher"
                                    + " extension");
                    return;
                }
                for (TemplateSegment segment : segments) {
                    if (segment instanceof TemplateSegment.Variable(String name)
                            && !variables.contains(name)) {
                        findings.invalid(
                                path,
                                text,
                                "mismatch between variables in path_match_policy "
                                        + pattern
                                        + " and path_rewrite_policy "
                                        + text);
                        return;
                    }
                }
            }
            case PathRewrite.Prefix(String prefix) -> {
                if (match instanceof PathMatch.UriTemplate) {
                    findings.invalid(
                            path, prefix, "Cannot use prefix_rewrite with matcher extension");
                }
            }
            case PathRewrite.Regex _, PathRewrite.None _ -> {}
        }
    }
}
