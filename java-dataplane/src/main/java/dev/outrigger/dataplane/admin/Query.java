// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import dev.outrigger.dataplane.message.UrlEncoding;
import dev.outrigger.dataplane.message.Utf8Text;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An admin request's normalised path and its parameters; of a repeated parameter the first counts.
 *
 * @param parameters decoded, a plus being one; a parameter without a value has an empty one
 */
record Query(String path, Map<String, String> parameters) {
    /** More are cut off; Envoy's own pages use a handful. */
    private static final int MAX_PARAMETERS = 64;

    /**
     * @param form what a form sent, which counts where the path has no parameters; {@code null} for
     *     nothing
     */
    static Query parse(String uri, @Nullable String form) {
        int query = uri.indexOf('?');
        String path = query < 0 ? uri : uri.substring(0, query);
        Map<String, String> parameters =
                query < 0 ? Map.of() : parameters(uri.substring(query + 1));
        return new Query(
                AdminPath.normalized(path),
                parameters.isEmpty() && form != null ? parameters(form) : parameters);
    }

    private static Map<String, String> parameters(String text) {
        var parameters = new LinkedHashMap<String, String>();
        int start = 0;
        while (start < text.length() && parameters.size() < MAX_PARAMETERS) {
            int next = text.indexOf('&', start);
            int end = next < 0 ? text.length() : next;
            String parameter = text.substring(start, end);
            int equal = parameter.indexOf('=');
            parameters.putIfAbsent(
                    decoded(equal < 0 ? parameter : parameter.substring(0, equal)),
                    equal < 0 ? "" : decoded(parameter.substring(equal + 1)));
            start = end + 1;
        }
        return parameters;
    }

    private static String decoded(String text) {
        return Utf8Text.of(UrlEncoding.decode(text));
    }

    boolean has(String name) {
        return parameters.containsKey(name);
    }

    Optional<String> find(String name) {
        return Optional.ofNullable(parameters.get(name)).filter(value -> !value.isEmpty());
    }
}
