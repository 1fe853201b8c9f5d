// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.attribution;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a proxy said when it refused a response. Immutable.
 *
 * <p>Envoy names fields in two ways: as a chain of messages, {@code
 * RouteConfigurationValidationError.VirtualHosts[0]: embedded message failed validation | caused by
 * VirtualHostValidationError.Domains}, or as a dotted path, {@code virtual_hosts[0].domains}, which
 * the Java data plane uses as well.
 */
final class ErrorText {
    /** Shorter values are found in anything. */
    private static final int LEAST_LENGTH = 3;

    private static final int MAX_PATHS = 32;
    private static final Pattern CHAIN =
            Pattern.compile("([A-Z][A-Za-z0-9]*)ValidationError\\.([A-Za-z0-9]+)(\\[(\\w+)])?");
    private static final Pattern DOTTED =
            Pattern.compile(
                    "[a-z][a-z0-9_]*(?:\\[[^\\]\\s]{1,80}])?(?:\\.[a-z][a-z0-9_]*(?:\\[[^\\]\\s]{1,80}])?)*");

    private final String text;
    private final String letters;

    ErrorText(String text) {
        this.text = text;
        this.letters = lettersOf(text);
    }

    boolean repeatsAny(Collection<String> values) {
        return values.stream()
                .anyMatch(value -> value.length() >= LEAST_LENGTH && text.contains(value));
    }

    /** Whether it is about a field or message of that name, however it is spelt. */
    boolean speaksOf(String name) {
        var singular = name.endsWith("s") ? name.substring(0, name.length() - 1) : name;
        return letters.contains(lettersOf(singular));
    }

    /** Steps from a message of the type down to what is at fault, from either notation. */
    List<List<Step>> paths(String messageType) {
        var paths = new ArrayList<List<Step>>();
        var chain = new ArrayList<Step>();
        var links = CHAIN.matcher(text);
        while (links.find()) {
            if (chain.isEmpty() && !links.group(1).equals(messageType)) {
                continue; // Begins within something packed: not a way from the resource.
            }
            chain.add(new Step(links.group(2), links.group(4) == null ? "" : links.group(4)));
        }
        if (!chain.isEmpty()) {
            paths.add(chain);
        }
        var dotted = DOTTED.matcher(text);
        while (dotted.find() && paths.size() < MAX_PATHS) {
            if (dotted.group().indexOf('.') >= 0 || dotted.group().indexOf('_') >= 0) {
                paths.add(steps(dotted.group()));
            }
        }
        return paths;
    }

    private static List<Step> steps(String path) {
        var steps = new ArrayList<Step>();
        for (String part : path.split("\\.(?![^\\[]*])", -1)) {
            int open = part.indexOf('[');
            steps.add(
                    open < 0
                            ? new Step(part, "")
                            : new Step(
                                    part.substring(0, open),
                                    part.substring(open + 1, part.length() - 1)));
        }
        return steps;
    }

    /** The same for snake case, camel case and words. */
    static String lettersOf(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    /**
     * @param index a number in a list or a key in a map; empty for neither
     */
    record Step(String field, String index) {}
}
