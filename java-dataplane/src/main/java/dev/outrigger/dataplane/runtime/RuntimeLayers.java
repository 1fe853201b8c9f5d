// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.runtime;

import dev.outrigger.dataplane.config.RuntimeLayerConfig;
import dev.outrigger.dataplane.config.RuntimeValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The layers of the runtime and the snapshot that follows from them (Envoy's {@code
 * Runtime::Loader}). {@link #snapshot} is for any thread; changes are the main loop's.
 */
public final class RuntimeLayers {
    /** Bounds what a client of the admin socket can make us hold. */
    private static final int MAX_ADMIN_VALUES = 10_000;

    private final List<RuntimeLayerConfig> layers;
    private final Map<String, RuntimeValue> adminValues = new HashMap<>();
    private volatile RuntimeSnapshot snapshot;

    /**
     * @param layers in order; a later one wins
     */
    public RuntimeLayers(List<RuntimeLayerConfig> layers) {
        this.layers = List.copyOf(layers);
        this.snapshot = build();
    }

    /** A runtime without any layer. */
    public static RuntimeLayers none() {
        return new RuntimeLayers(List.of());
    }

    /** What is in force now; a later call can see something else. */
    public RuntimeSnapshot snapshot() {
        return snapshot;
    }

    public boolean hasAdminLayer() {
        return layers.stream().anyMatch(RuntimeLayerConfig.Admin.class::isInstance);
    }

    /** Whether a value was set over the admin socket. */
    public boolean hasAdminValues() {
        return !adminValues.isEmpty();
    }

    /**
     * Sets values of the admin layer; an empty text removes one.
     *
     * @throws IllegalStateException without an admin layer, or when there are too many values
     */
    public void modify(Map<String, String> changes) {
        if (!hasAdminLayer()) {
            throw new IllegalStateException("No admin layer specified");
        }
        if (adminValues.size() + changes.size() > MAX_ADMIN_VALUES) {
            throw new IllegalStateException(
                    "runtime values: more than " + MAX_ADMIN_VALUES + " in the admin layer");
        }
        changes.forEach((key, text) -> {
            if (text.isEmpty()) {
                adminValues.remove(key);
            } else {
                adminValues.put(key, RuntimeText.parse(text));
            }
        });
        snapshot = build();
    }

    private RuntimeSnapshot build() {
        var shown = new ArrayList<RuntimeSnapshot.Layer>();
        var values = new HashMap<String, RuntimeValue>();
        for (RuntimeLayerConfig layer : layers) {
            Map<String, RuntimeValue> own =
                    switch (layer) {
                        case RuntimeLayerConfig.Static(String _, var fixed) -> fixed;
                        case RuntimeLayerConfig.Admin _ -> adminValues;
                    };
            values.putAll(own);
            shown.add(new RuntimeSnapshot.Layer(layer.name(), own));
        }
        return new RuntimeSnapshot(shown, values);
    }
}
