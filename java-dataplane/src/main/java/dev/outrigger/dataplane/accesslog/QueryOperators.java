// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import dev.outrigger.dataplane.accesslog.Operator.TextSource;
import dev.outrigger.dataplane.message.UrlEncoding;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The operators that read the query of a request, with Envoy's two ways of decoding it. */
final class QueryOperators {
    /** The printable characters that stay encoded in {@code QUERY_PARAMS(DECODED)}. */
    private static final String KEPT = "\"<>\\^{|}";

    private QueryOperators() {}

    /**
     * Everything after the question mark: {@code ORIG}, which is the default, or {@code DECODED}.
     */
    static TextSource all(String argument) {
        TextSource path = HeadOperators.request(":path");
        return switch (argument) {
            case "", "ORIG" -> context -> of(path.read(context));
            case "DECODED" -> context -> readable(of(path.read(context)));
            default ->
                    throw new IllegalArgumentException(
                            "Invalid QUERY_PARAMS option: '"
                                    + argument
                                    + "', only 'ORIG'/'DECODED' are allowed");
        };
    }

    private static @Nullable String of(@Nullable String path) {
        int mark = path == null ? -1 : path.indexOf('?');
        return path == null || mark < 0 ? null : path.substring(mark + 1);
    }

    /** The first of a name, both decoded. */
    static TextSource one(String name) {
        TextSource path = HeadOperators.request(":path");
        return context -> {
            String query = of(path.read(context));
            if (query == null) {
                return null;
            }
            for (String pair : query.split("&")) {
                int equals = pair.indexOf('=');
                if (decoded(equals < 0 ? pair : pair.substring(0, equals)).equals(name)) {
                    return equals < 0 ? "" : decoded(pair.substring(equals + 1));
                }
            }
            return null;
        };
    }

    /** As Envoy's {@code PercentEncoding::decode}: what is no escape stays. */
    private static String decoded(String text) {
        return text.indexOf('%') < 0
                ? text
                : new String(UrlEncoding.decode(text), StandardCharsets.ISO_8859_1);
    }

    /**
     * As Envoy's {@code urlDecodeQueryParameter}: most printable characters are decoded, others
     * stay as they are written, and a percent sign in front of two characters that are no number is
     * left out.
     */
    private static @Nullable String readable(@Nullable String text) {
        if (text == null || text.indexOf('%') < 0) {
            return text;
        }
        var out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int code = UrlEncoding.escape(text, i);
            if (c != '%' || i + 2 >= text.length()) {
                out.append(c);
            } else if (code > ' ' && code < 0x7f && KEPT.indexOf(code) < 0) {
                out.append((char) code);
                i += 2;
            } else if (code >= 0) {
                out.append(text, i, i + 3);
                i += 2;
            }
        }
        return out.toString();
    }
}
