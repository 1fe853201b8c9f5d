// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.runtime;

import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import dev.outrigger.dataplane.telemetry.StatsStore.Gauge;

/** {@code runtime.*} under Envoy's names. Main loop. */
public final class RuntimeStats {
    /** Envoy loads it once when it is made and once when the cluster manager is there. */
    private static final int LOADS_AT_START = 2;

    private final RuntimeLayers layers;
    private final StatsShard shard;
    private final Counter loadSuccess;
    private final Counter loadError;
    private final Counter overrideDirExists;
    private final Counter overrideDirNotExists;
    private final Gauge adminOverridesActive;
    private final Gauge numKeys;
    private final Gauge numLayers;
    private boolean started;
    private boolean adminValues;

    public RuntimeStats(RuntimeLayers layers, StatsStore store) {
        this.layers = layers;
        this.shard = store.shard(0);
        loadSuccess = store.counter("runtime.load_success");
        overrideDirNotExists = store.counter("runtime.override_dir_not_exists");
        adminOverridesActive = store.gauge("runtime.admin_overrides_active");
        numKeys = store.gauge("runtime.num_keys");
        numLayers = store.gauge("runtime.num_layers");
        loadError = store.counter("runtime.load_error");
        overrideDirExists = store.counter("runtime.override_dir_exists");
        // No deprecated feature is counted.
        store.declareCounter("runtime.deprecated_feature_use");
        store.declareGauge("runtime.deprecated_feature_seen_since_process_start");
        layers.onLoad(this::onLoad);
    }

    private void onLoad(RuntimeLayers.Load load) {
        for (int i = started ? LOADS_AT_START : 1; i <= LOADS_AT_START; i++) {
            loaded(load);
        }
        started = true;
    }

    private void loaded(RuntimeLayers.Load load) {
        shard.inc(load.errors() == 0 ? loadSuccess : loadError);
        // As in Envoy, where a single one does not count yet.
        shard.inc(load.diskLayers() > 1 ? overrideDirExists : overrideDirNotExists);
        if (layers.hasAdminValues() != adminValues) {
            adminValues = layers.hasAdminValues();
            shard.set(adminOverridesActive, adminValues ? 1 : 0);
        }
        shard.set(numKeys, layers.snapshot().values().size());
        shard.set(numLayers, layers.snapshot().layers().size());
    }
}
