// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.outrigger.dataplane.config.PerFilterConfig;
import dev.outrigger.dataplane.config.RouteFilterConfig;
import io.envoyproxy.envoy.config.route.v3.FilterConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * {@code typed_per_filter_config} of any level: a filter's own message, or the wrapper {@code
 * FilterConfig}, which can switch a filter as well.
 */
final class PerFilterConfigParser {
    private PerFilterConfigParser() {}

    /** Read when asked for, so that the filters' own tables exist by then. */
    private static final class Tables {
        static final SupportedFields WRAPPER =
                SupportedFields.of(FilterConfig.class)
                        .extension("config", HttpFilterTypes.routeTables())
                        .obeyedWithNote(
                                "is_optional", "configuration of an unknown type is left out")
                        .obeyed("disabled");

        private Tables() {}
    }

    /** What the map's values may hold. */
    static List<Supplier<SupportedFields>> types() {
        var types = new ArrayList<Supplier<SupportedFields>>();
        types.add(() -> Tables.WRAPPER);
        types.addAll(HttpFilterTypes.routeTables());
        return types;
    }

    /**
     * @param path of the message that has the field
     */
    static Map<String, PerFilterConfig> parse(
            Map<String, Any> protos, String path, Findings findings) {
        if (protos.isEmpty()) {
            return Map.of();
        }
        var configs = new LinkedHashMap<String, PerFilterConfig>();
        protos.forEach((name, any) -> {
            String at = FieldPaths.key(FieldPaths.join(path, "typed_per_filter_config"), name);
            one(name, any, at, findings).ifPresent(config -> configs.put(name, config));
        });
        return configs;
    }

    private static Optional<PerFilterConfig> one(
            String name, Any any, String path, Findings findings) {
        if (!Values.is(any, FilterConfig.class)) {
            return Optional.of(new PerFilterConfig(false, config(any, path, findings)));
        }
        FilterConfig wrapper;
        try {
            wrapper = FilterConfig.parseFrom(any.getValue());
        } catch (InvalidProtocolBufferException e) {
            return Optional.empty(); // reported by the table
        }
        if (wrapper.getDisabled()) {
            return Optional.of(new PerFilterConfig(true, Optional.empty()));
        }
        if (!wrapper.hasConfig()) {
            findings.invalid(
                    path,
                    "",
                    "Empty route/virtual host per filter configuration for " + name + " filter");
            return Optional.empty();
        }
        return Optional.of(
                new PerFilterConfig(
                        false,
                        config(wrapper.getConfig(), FieldPaths.join(path, "config"), findings)));
    }

    /** A type nobody knows was reported by the table, unless it is optional. */
    private static Optional<RouteFilterConfig> config(Any any, String path, Findings findings) {
        return HttpFilterTypes.findRoute(any)
                .flatMap(type -> type.reader().read(any, path, findings));
    }
}
