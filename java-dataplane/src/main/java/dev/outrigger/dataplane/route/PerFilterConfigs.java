// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.config.PerFilterConfig;
import dev.outrigger.dataplane.config.RouteFilterConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What {@code typed_per_filter_config} says for one choice of route and cluster, all levels
 * together: weighted cluster, route, virtual host, route table, the first of which wins. Resolved
 * when the table is compiled; immutable.
 */
public final class PerFilterConfigs {
    public static final PerFilterConfigs NONE = new PerFilterConfigs(List.of());

    /** Turns a filter's configuration into what the filter works with. */
    @FunctionalInterface
    public interface Compiler {
        Object compile(RouteFilterConfig config);
    }

    /** One level compiled; shared by all that inherit from it. */
    static final class Level {
        static final Level EMPTY = new Level(Map.of(), config -> config);

        private record Entry(boolean disabled, @Nullable Object config) {}

        private final Map<String, Entry> entries = new LinkedHashMap<>();

        Level(Map<String, PerFilterConfig> configs, Compiler compiler) {
            configs.forEach((name, config) -> {
                Object compiled = config.config().map(compiler::compile).orElse(null);
                entries.put(name, new Entry(config.disabled(), compiled));
            });
        }

        boolean isEmpty() {
            return entries.isEmpty();
        }
    }

    private static final Object[] NOTHING = {};

    private final String[] names;
    private final boolean[] disabled;

    /** For each name, the least specific first. */
    private final Object[][] configs;

    private PerFilterConfigs(List<Level> leastSpecificFirst) {
        var found = new LinkedHashMap<String, List<Object>>();
        var states = new LinkedHashMap<String, Boolean>();
        for (Level level : leastSpecificFirst) {
            level.entries.forEach((name, entry) -> {
                List<Object> all = found.computeIfAbsent(name, _ -> new ArrayList<>());
                if (entry.config() != null) {
                    all.add(entry.config());
                }
                states.put(name, entry.disabled());
            });
        }
        names = found.keySet().toArray(String[]::new);
        disabled = new boolean[names.length];
        configs = new Object[names.length][];
        for (int i = 0; i < names.length; i++) {
            disabled[i] = states.getOrDefault(names[i], false);
            configs[i] = found.getOrDefault(names[i], List.of()).toArray();
        }
    }

    static PerFilterConfigs of(Level... leastSpecificFirst) {
        var used = new ArrayList<Level>();
        for (Level level : leastSpecificFirst) {
            if (!level.isEmpty()) {
                used.add(level);
            }
        }
        return used.isEmpty() ? NONE : new PerFilterConfigs(used);
    }

    private int find(String name) {
        for (int i = 0; i < names.length; i++) {
            if (names[i].equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private Object[] all(String filter) {
        int i = find(filter);
        return i < 0 ? NOTHING : configs[i];
    }

    /** The most specific configuration of a filter by its name in {@code http_filters}. */
    public @Nullable Object mostSpecific(String filter) {
        Object[] found = all(filter);
        return found.length == 0 ? null : found[found.length - 1];
    }

    /** Every configuration of a filter, the least specific first. */
    public void forEach(String filter, Consumer<Object> visitor) {
        for (Object config : all(filter)) {
            visitor.accept(config);
        }
    }

    /** Whether a filter is off here. */
    public boolean isDisabled(String filter, boolean byDefault) {
        int i = find(filter);
        return i < 0 ? byDefault : disabled[i];
    }
}
