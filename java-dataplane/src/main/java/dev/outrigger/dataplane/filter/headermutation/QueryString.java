// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.headermutation;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A query taken apart as Envoy does it (observed): by key in byte order, values percent-decoded.
 * What was there before is written back as it was decoded, not encoded again; only new values are.
 * Characters are Latin-1, one for each byte.
 */
final class QueryString {
    private static final String HEX = "0123456789ABCDEF";

    private final String pathOnly;
    private final Map<String, List<String>> parameters = new TreeMap<>();

    private QueryString(String pathOnly) {
        this.pathOnly = pathOnly;
    }

    static QueryString parse(String path) {
        int mark = path.indexOf('?');
        if (mark < 0) {
            return new QueryString(path);
        }
        var query = new QueryString(path.substring(0, mark));
        int start = mark + 1;
        while (start < path.length()) {
            int end = path.indexOf('&', start);
            if (end < 0) {
                end = path.length();
            }
            String parameter = path.substring(start, end);
            int equals = parameter.indexOf('=');
            query.add(
                    decode(equals < 0 ? parameter : parameter.substring(0, equals)),
                    decode(equals < 0 ? "" : parameter.substring(equals + 1)));
            start = end + 1;
        }
        return query;
    }

    boolean has(String key) {
        return parameters.containsKey(key);
    }

    void add(String key, String value) {
        parameters.computeIfAbsent(key, _ -> new ArrayList<>()).add(value);
    }

    void overwrite(String key, String value) {
        var one = new ArrayList<String>();
        one.add(value);
        parameters.put(key, one);
    }

    void remove(String key) {
        parameters.remove(key);
    }

    /** Path and query put together again. */
    String path() {
        var out = new StringBuilder(pathOnly);
        char delimiter = '?';
        for (Map.Entry<String, List<String>> each : parameters.entrySet()) {
            for (String value : each.getValue()) {
                out.append(delimiter).append(each.getKey()).append('=').append(value);
                delimiter = '&';
            }
        }
        return out.toString();
    }

    private static String decode(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        var out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int high = c == '%' && i + 2 < text.length() ? digit(text.charAt(i + 1)) : -1;
            int low = high < 0 ? -1 : digit(text.charAt(i + 2));
            if (low >= 0) {
                out.append((char) (high << 4 | low));
                i += 2;
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static int digit(char c) {
        return c < 128 ? Character.digit(c, 16) : -1;
    }

    /** Percent-encodes everything but unreserved characters. */
    static String encode(String text) {
        var out = new StringBuilder();
        for (byte b : text.getBytes(ISO_8859_1)) {
            char c = (char) (b & 0xff);
            if (c < 128 && (Character.isLetterOrDigit(c) || "-_.~".indexOf(c) >= 0)) {
                out.append(c);
            } else {
                out.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
            }
        }
        return out.toString();
    }
}
