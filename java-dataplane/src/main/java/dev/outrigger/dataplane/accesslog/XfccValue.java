// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import dev.outrigger.dataplane.accesslog.Operator.TextSource;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code XFCC_VALUE}: what {@code x-forwarded-client-cert} says under one key, in the leftmost of
 * its elements that has the key (see Envoy's {@code formatter/xfcc_value}). Elements are divided by
 * commas, their pairs by semicolons, unless they stand in quotes.
 */
final class XfccValue {
    private static final Set<String> KEYS =
            Set.of("by", "hash", "cert", "chain", "subject", "uri", "dns");

    private XfccValue() {}

    /**
     * @throws IllegalArgumentException in Envoy's words, for a key that there is not
     */
    static TextSource of(String argument) {
        if (argument.isEmpty()) {
            throw new IllegalArgumentException("XFCC_VALUE command requires a subcommand");
        }
        String key = argument.toLowerCase(Locale.ROOT);
        if (!KEYS.contains(key)) {
            throw new IllegalArgumentException(
                    "XFCC_VALUE command does not support subcommand: " + key);
        }
        TextSource header = HeadOperators.request("x-forwarded-client-cert");
        return context -> {
            String value = header.read(context);
            return value == null || value.isEmpty() ? null : find(value, key);
        };
    }

    /** Of an element that is not ended, because a quote is not, nothing is read. */
    private static @Nullable String find(String header, String key) {
        boolean quoted = false;
        int backslashes = 0;
        int start = 0;
        String inElement = null;
        for (int i = 0; i <= header.length(); i++) {
            char c = i == header.length() ? ',' : header.charAt(i);
            boolean ends = !quoted && (c == ',' || c == ';');
            if (ends) {
                if (inElement == null) {
                    inElement = value(header.substring(start, i), key);
                }
                start = i + 1;
                if (c == ',' && inElement != null) {
                    return inElement;
                }
            } else if (c == '"' && backslashes % 2 == 0) {
                quoted = !quoted;
            }
            backslashes = c == '\\' ? backslashes + 1 : 0;
        }
        return null;
    }

    private static @Nullable String value(String pair, String key) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        if (!name.strip().equalsIgnoreCase(key)) {
            return null;
        }
        String raw = equals < 0 ? "" : pair.substring(equals + 1).strip();
        if (raw.length() >= 2 && raw.startsWith("\"") && raw.endsWith("\"")) {
            raw = raw.substring(1, raw.length() - 1);
        }
        if (raw.indexOf('\\') < 0) {
            return raw;
        }
        var out = new StringBuilder(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '\\' && i + 1 < raw.length()) {
                char next = raw.charAt(i + 1);
                if (next == '"' || next == '\\') {
                    out.append(next);
                    i++;
                    continue;
                }
            }
            out.append(c);
        }
        return out.toString();
    }
}
