// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What each code of a violation or warning means and what helps, as docs/errors.md says it: the
 * same text, a section for each. Immutable.
 */
final class ErrorPages {
    private static final String FILE = "errors.md";
    private static final String SECTION = "## ";

    private final String page;
    private final Map<String, String> sections;

    private ErrorPages(String page, Map<String, String> sections) {
        this.page = page;
        this.sections = Collections.unmodifiableMap(sections);
    }

    /** Where a code is explained, relative to the control plane's own address. */
    static String link(String code) {
        return "/errors/" + code;
    }

    static ErrorPages load() {
        try (InputStream in = ErrorPages.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException(FILE + " is not on the class path");
            }
            return of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ErrorPages of(String page) {
        var sections = new TreeMap<String, String>();
        List<String> open = new ArrayList<>();
        for (String line : page.lines().toList()) {
            if (line.startsWith(SECTION)) {
                close(open, sections);
                open = new ArrayList<>();
            }
            open.add(line);
        }
        close(open, sections);
        return new ErrorPages(page, sections);
    }

    private static void close(List<String> lines, Map<String, String> sections) {
        if (!lines.isEmpty() && lines.getFirst().startsWith(SECTION)) {
            String code = lines.getFirst().substring(SECTION.length()).split(" ", 2)[0];
            sections.put(code, String.join("\n", lines).strip() + "\n");
        }
    }

    /** All of it, as Markdown. */
    String page() {
        return page;
    }

    /** One code's section, as Markdown. */
    Optional<String> find(String code) {
        return Optional.ofNullable(sections.get(code));
    }

    /** The codes that are explained, in order. */
    List<String> codes() {
        return List.copyOf(sections.keySet());
    }
}
