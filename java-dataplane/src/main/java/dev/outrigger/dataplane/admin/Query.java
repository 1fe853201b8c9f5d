// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An admin request's normalised path and its parameters; of a repeated parameter the first counts.
 *
 * @param parameters decoded; a parameter without a value has an empty one
 */
record Query(String path, Map<String, String> parameters) {
    /** More are cut off; Envoy's own pages use a handful. */
    private static final int MAX_PARAMETERS = 64;

    static Query parse(String uri) {
        var decoder =
                QueryStringDecoder.builder().hasPath(true).maxParams(MAX_PARAMETERS).build(uri);
        var parameters = new LinkedHashMap<String, String>();
        decoder.parameters().forEach((name, values) -> parameters.put(name, values.getFirst()));
        int query = uri.indexOf('?');
        String path = query < 0 ? uri : uri.substring(0, query);
        return new Query(AdminPath.normalized(path), parameters);
    }

    boolean has(String name) {
        return parameters.containsKey(name);
    }

    Optional<String> find(String name) {
        return Optional.ofNullable(parameters.get(name)).filter(value -> !value.isEmpty());
    }
}
