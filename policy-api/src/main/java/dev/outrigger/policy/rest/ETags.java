// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import dev.outrigger.policy.store.Precondition;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Strong ETags: the generation in quotes. */
final class ETags {
    private static final Pattern LIST =
            Pattern.compile("(?:W/)?\"[!#-~]*\"(?:[ \\t]*,[ \\t]*(?:W/)?\"[!#-~]*\")*");
    private static final Pattern OURS = Pattern.compile("\"([1-9][0-9]{0,17})\"");

    private ETags() {}

    static String of(long generation) {
        return "\"" + generation + "\"";
    }

    /** What {@code If-Match} and {@code If-None-Match} say about a document to be written. */
    static Precondition precondition(Optional<String> ifMatch, Optional<String> ifNoneMatch) {
        if (ifNoneMatch.isPresent()) {
            if (ifMatch.isPresent() || !ifNoneMatch.get().strip().equals("*")) {
                throw Problem.of(
                                400,
                                "Precondition not understood",
                                "If-None-Match takes only * here, and not together with If-Match.")
                        .raise();
            }
            return new Precondition.Absent();
        }
        return ifMatch.map(text -> ifMatch(text.strip())).orElseGet(Precondition.None::new);
    }

    /** Whether a read with {@code If-None-Match} has nothing new to see. */
    static boolean isKnown(Optional<String> ifNoneMatch, long generation) {
        return ifNoneMatch
                .filter(text ->
                        text.strip().equals("*")
                                || (", " + text + ",")
                                        .replace("W/", "")
                                        .matches(".*[ ,]\"" + generation + "\"[ ,].*"))
                .isPresent();
    }

    private static Precondition ifMatch(String text) {
        if (text.equals("*")) {
            return new Precondition.Exists();
        }
        if (text.length() > 4_096 || !LIST.matcher(text).matches()) {
            throw Problem.of(
                            400,
                            "Precondition not understood",
                            "If-Match takes a quoted ETag such as \"7\", a list of them, or *.")
                    .raise();
        }
        Set<Long> generations = new HashSet<>();
        for (String tag : text.split(",")) {
            // A weak tag or somebody else's matches nothing (RFC 9110 section 13.1.1).
            var ours = OURS.matcher(tag.strip());
            if (ours.matches()) {
                generations.add(Long.parseLong(ours.group(1)));
            }
        }
        return new Precondition.Generation(generations);
    }
}
