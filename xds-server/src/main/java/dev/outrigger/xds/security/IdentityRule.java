// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.security;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Which node a certificate may speak for: a template that one of its names must match.
 *
 * <p>A template is a SPIFFE ID or a DNS name in which {@code {cluster}} and {@code {id}} stand for
 * one path segment or label each, which must be the node's; {@code *} stands for any one of them
 * and {@code **} for any number. A template without {@code {id}} lets every id of the cluster
 * through. Immutable, any thread.
 */
public final class IdentityRule {
    private static final String SPIFFE = "spiffe://";
    private static final String CLUSTER = "{cluster}";
    private static final String ID = "{id}";
    private static final String ANY = "*";
    private static final String ANY_NUMBER = "**";
    private static final Pattern LITERAL = Pattern.compile("[A-Za-z0-9._~-]+");
    private static final List<String> WORDS = List.of(CLUSTER, ID, ANY, ANY_NUMBER);

    /**
     * The last segment of a SPIFFE ID, or the first label of a DNS name, is the cluster: {@code
     * spiffe://mesh.example/ns/default/sa/a} and {@code a.mesh.example} may both be {@code a}.
     */
    public static final List<IdentityRule> DEFAULT =
            List.of(parse("spiffe://*/**/{cluster}"), parse("{cluster}.**"));

    private final String template;
    private final boolean spiffe;
    private final List<String> parts;

    private IdentityRule(String template, boolean spiffe, List<String> parts) {
        this.template = template;
        this.spiffe = spiffe;
        this.parts = List.copyOf(parts);
    }

    /**
     * @throws IllegalArgumentException saying what is wrong with it
     */
    public static IdentityRule parse(String template) {
        boolean spiffe = template.startsWith(SPIFFE);
        var parts = split(template, spiffe);
        for (String part : parts) {
            if (!WORDS.contains(part) && !LITERAL.matcher(part).matches()) {
                throw new IllegalArgumentException(
                        "identity rule '"
                                + template
                                + "': '"
                                + part
                                + "' (expected: letters, digits and . _ ~ -, {cluster}, {id}, * or"
                                + " **)");
            }
        }
        if (parts.stream().filter(ANY_NUMBER::equals).count() > 1) {
            throw new IllegalArgumentException(
                    "identity rule '" + template + "': ** more than once (expected: once)");
        }
        if (!parts.contains(CLUSTER) && !parts.contains(ID)) {
            throw new IllegalArgumentException(
                    "identity rule '"
                            + template
                            + "': lets everybody be everything (expected: {cluster} or {id} in it)");
        }
        return new IdentityRule(
                template,
                spiffe,
                spiffe ? parts : parts.stream().map(IdentityRule::lowerCased).toList());
    }

    /** Whether a name may speak for the node. */
    public boolean permits(String name, String cluster, String id) {
        return name.startsWith(SPIFFE) == spiffe
                && matches(parts, split(name, spiffe), cluster, id);
    }

    @Override
    public String toString() {
        return template;
    }

    private boolean matches(List<String> template, List<String> name, String cluster, String id) {
        int open = template.indexOf(ANY_NUMBER);
        if (open < 0) {
            return template.size() == name.size() && matchEach(template, name, cluster, id);
        }
        int tail = template.size() - open - 1;
        return open + tail <= name.size()
                && matchEach(template.subList(0, open), name.subList(0, open), cluster, id)
                && matchEach(
                        template.subList(open + 1, template.size()),
                        name.subList(name.size() - tail, name.size()),
                        cluster,
                        id);
    }

    private boolean matchEach(List<String> template, List<String> name, String cluster, String id) {
        for (int i = 0; i < template.size(); i++) {
            var segment = name.get(i);
            boolean holds =
                    switch (template.get(i)) {
                        case ANY -> !segment.isEmpty();
                        case CLUSTER -> isCalled(cluster, segment);
                        case ID -> isCalled(id, segment);
                        case String literal -> literal.equals(segment);
                    };
            if (!holds) {
                return false;
            }
        }
        return true;
    }

    /** DNS names know no case; they come here in lower case. */
    private boolean isCalled(String said, String segment) {
        return !said.isEmpty() && (spiffe ? said.equals(segment) : said.equalsIgnoreCase(segment));
    }

    private static List<String> split(String name, boolean spiffe) {
        var rest = spiffe ? name.substring(SPIFFE.length()) : name;
        return List.of(rest.split(spiffe ? "/" : "\\.", -1));
    }

    private static String lowerCased(String part) {
        return part.toLowerCase(Locale.ROOT);
    }
}
