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

    /**
     * Values in the files of a directory, read again when the link is replaced.
     *
     * @param symlinkRoot what is watched
     * @param subdirectory of the root, where the values are
     * @param appendServiceCluster whether they are in a directory named after the service cluster
     *     below
     */
    record Disk(String name, String symlinkRoot, String subdirectory, boolean appendServiceCluster)
            implements RuntimeLayerConfig {}

    /** Values that come over RTDS, none before the first answer. */
    record Rtds(String name, ResourceReference resource) implements RuntimeLayerConfig {}

    /** Values set over the admin socket. */
    record Admin(String name) implements RuntimeLayerConfig {}
}
