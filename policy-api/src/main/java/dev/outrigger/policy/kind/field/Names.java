// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.field;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.document.ViolationCode;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Names of things. */
public final class Names {
    /** The methods of RFC 9110 section 9 and PATCH (RFC 5789). */
    public static final List<String> METHODS =
            List.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

    private static final Pattern LABEL = Pattern.compile("[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    private Names() {}

    /**
     * A DNS label (RFC 1123): 1..63 lower-case letters, digits and hyphens, no hyphen at the ends.
     */
    public static Optional<String> label(DocumentNode node) {
        return node.form(LABEL).string(1_024).filter(text -> isLabel(node, text));
    }

    private static boolean isLabel(DocumentNode node, String text) {
        if (LABEL.matcher(text).matches()) {
            return true;
        }
        node.violate(
                ViolationCode.BAD_VALUE,
                Quoted.of(text)
                        + " is not a name (expected: 1..63 of a-z, 0-9 and '-', beginning and"
                        + " ending with a letter or digit).");
        return false;
    }

    /** A header name (RFC 9110 token), lower-cased; Envoy's pseudo headers are not headers here. */
    public static Optional<String> header(DocumentNode node) {
        return token(node, "header name").map(name -> name.toLowerCase(java.util.Locale.ROOT));
    }

    /** A method of RFC 9110 or PATCH, in upper case as on the wire. */
    public static Optional<String> method(DocumentNode node) {
        return node.oneOf(
                METHODS.stream()
                        .collect(java.util.stream.Collectors.toMap(name -> name, name -> name)));
    }

    /** An RFC 9110 token of at most 256 characters. */
    public static Optional<String> token(DocumentNode node, String what) {
        var text = node.form(TOKEN).string(256);
        if (text.isPresent() && !TOKEN.matcher(text.get()).matches()) {
            node.violate(
                    ViolationCode.BAD_VALUE,
                    Quoted.of(text.get())
                            + " is not a "
                            + what
                            + " (expected: letters, digits and !#$%&'*+-.^_`|~).");
            return Optional.empty();
        }
        return text;
    }

    /**
     * Text without control characters, which neither a header value nor a path may have. Also
     * refuses what is not a whole character.
     */
    public static Optional<String> printable(DocumentNode node, int maxChars) {
        var text = node.string(maxChars);
        boolean bad =
                text.isPresent()
                        && text.get().codePoints().anyMatch(Names::isControlOrHalfCharacter);
        if (bad) {
            node.violate(
                    ViolationCode.BAD_VALUE,
                    Quoted.of(text.get()) + " has control characters (expected: none).");
            return Optional.empty();
        }
        return text;
    }

    private static boolean isControlOrHalfCharacter(int codePoint) {
        return Character.isISOControl(codePoint)
                || Character.getType(codePoint) == Character.SURROGATE;
    }
}
