// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.outrigger.dataplane.config.RouteActionConfig.RegexRewriteConfig;
import dev.outrigger.dataplane.message.WireText;

/** Replaces all that RE2 matches, as RE2's global replacement does (B3). Immutable. */
final class RegexRewrite {
    private final Pattern pattern;
    private final String substitution;
    private final boolean usable;

    RegexRewrite(RegexRewriteConfig config) {
        pattern = Latin1Regex.compile(config.pattern());
        substitution = WireText.of(config.substitution());
        usable = highestGroup(substitution) <= pattern.groupCount();
    }

    private static int highestGroup(String substitution) {
        int highest = 0;
        int at = substitution.indexOf('\\');
        while (at >= 0 && at + 1 < substitution.length()) {
            char c = substitution.charAt(at + 1);
            if (c >= '0' && c <= '9') {
                highest = Math.max(highest, c - '0');
            }
            at = substitution.indexOf('\\', at + 2);
        }
        return highest;
    }

    /** The text with every match replaced; a group that is not there replaces nothing. */
    String replaceAll(String text) {
        if (!usable) {
            return text;
        }
        Matcher matcher = pattern.matcher(text);
        var out = new StringBuilder();
        int at = 0;
        int lastEnd = -1;
        while (at <= text.length() && matcher.find(at)) {
            out.append(text, at, matcher.start());
            if (matcher.start() == lastEnd && matcher.end() == lastEnd) {
                // No empty match right behind another match.
                if (at < text.length()) {
                    out.append(text.charAt(at));
                }
                at++;
                continue;
            }
            substitute(matcher, out);
            at = matcher.end();
            lastEnd = at;
        }
        if (at < text.length()) {
            out.append(text, at, text.length());
        }
        return out.toString();
    }

    /** An escape that means nothing ends the replacement. */
    private void substitute(Matcher matcher, StringBuilder out) {
        int at = 0;
        while (at < substitution.length()) {
            char c = substitution.charAt(at);
            if (c != '\\') {
                out.append(c);
                at++;
                continue;
            }
            char escaped = at + 1 < substitution.length() ? substitution.charAt(at + 1) : 0;
            if (escaped >= '0' && escaped <= '9') {
                String group = matcher.group(escaped - '0');
                if (group != null) {
                    out.append(group);
                }
            } else if (escaped == '\\') {
                out.append('\\');
            } else {
                return;
            }
            at += 2;
        }
    }
}
