// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.util.Map;

/** One layer of the runtime. */
public sealed interface RuntimeLayerConfig {
    String name();

    /**
     * @param values dotted key to value
     */
    record Static(String name, Map<String, RuntimeValue> values) implements RuntimeLayerConfig {
        public Static {
            values = Map.copyOf(values);
        }
    }

    /** Values set over the admin socket. */
    record Admin(String name) implements RuntimeLayerConfig {}
}
