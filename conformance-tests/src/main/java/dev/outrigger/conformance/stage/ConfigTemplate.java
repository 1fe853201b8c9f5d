// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A configuration with placeholders: {@code ${upstream.a}}, {@code ${refused.a}} and {@code
 * ${blackhole.a}} are ports, {@code ${listen.a}} is a free one, {@code ${any.a_1}}, {@code
 * ${rotated.a_1}}, {@code ${exact.a_1}} and, with TLS, {@code ${secured.a}} are ports that share an
 * upstream's script, {@code ${certificate.who}} and {@code ${key.who}} are files, {@code ${admin}},
 * {@code ${accessLog}} and {@code ${accessLogPolicy}} are whole blocks.
 */
final class ConfigTemplate {
    private static final Pattern PLACEHOLDER =
            Pattern.compile("\\$\\{([A-Za-z]+)(?:\\.([A-Za-z0-9_-]+))?}");

    private final BiFunction<String, String, String> values;

    /**
     * @param values what stands for kind and name
     */
    ConfigTemplate(BiFunction<String, String, String> values) {
        this.values = values;
    }

    /** The text with each placeholder replaced. */
    String fill(String template) {
        return PLACEHOLDER
                .matcher(template)
                .replaceAll(match ->
                        Matcher.quoteReplacement(
                                values.apply(
                                        match.group(1),
                                        match.group(2) == null ? "" : match.group(2))));
    }

    /** The admin block: a free port of this machine only. */
    static String admin() {
        return "{address: {socket_address: {address: 127.0.0.1, port_value: 0}}}";
    }
}
