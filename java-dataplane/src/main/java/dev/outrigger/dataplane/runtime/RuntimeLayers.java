// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.runtime;

import dev.outrigger.dataplane.config.ResourceReference;
import dev.outrigger.dataplane.config.RuntimeLayerConfig;
import dev.outrigger.dataplane.config.RuntimeValue;
import dev.outrigger.dataplane.document.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The layers of the runtime and the snapshot that follows from them (Envoy's {@code
 * Runtime::Loader}). {@link #snapshot} is for any thread; changes are the main loop's.
 */
public final class RuntimeLayers {
    private static final Logger log = LoggerFactory.getLogger(RuntimeLayers.class);

    /** Bounds what a client of the admin socket can make us hold. */
    private static final int MAX_ADMIN_VALUES = 10_000;

    private final List<RuntimeLayerConfig> layers;
    private final String serviceCluster;
    private final Map<String, RuntimeValue> adminValues = new HashMap<>();
    private final Map<ResourceReference, Map<String, RuntimeValue>> discovered = new HashMap<>();
    private final List<Consumer<Load>> listeners = new ArrayList<>();
    private Load last = new Load(0, 0);
    private volatile RuntimeSnapshot snapshot;

    /**
     * How loading went.
     *
     * @param diskLayers directories that were read
     * @param errors directories that could not be read
     */
    record Load(int diskLayers, int errors) {}

    /**
     * @param layers in order; a later one wins
     */
    public RuntimeLayers(List<RuntimeLayerConfig> layers) {
        this(layers, "");
    }

    /**
     * @param layers in order; a later one wins
     * @param serviceCluster names a directory of disk layers that want one for each
     */
    public RuntimeLayers(List<RuntimeLayerConfig> layers, String serviceCluster) {
        this.layers = List.copyOf(layers);
        this.serviceCluster = serviceCluster;
        this.snapshot = build();
    }

    /** Hears of every load, the last one at once. Main loop. */
    void onLoad(Consumer<Load> listener) {
        listeners.add(listener);
        listener.accept(last);
    }

    /** Reads everything again. Main loop. */
    public void reload() {
        snapshot = build();
        listeners.forEach(each -> each.accept(last));
    }

    /** What RTDS is to be asked for. */
    public List<ResourceReference> discovered() {
        var resources = new ArrayList<ResourceReference>();
        for (RuntimeLayerConfig layer : layers) {
            if (layer instanceof RuntimeLayerConfig.Rtds rtds) {
                resources.add(rtds.resource());
            }
        }
        return resources;
    }

    /** Values of a layer came over RTDS. Main loop. */
    public void discover(ResourceReference resource, Map<String, RuntimeValue> values) {
        discovered.put(resource, Map.copyOf(values));
        reload();
    }

    /** The links that are to be watched, one for each disk layer. */
    public List<Path> watched() {
        var roots = new ArrayList<Path>();
        for (RuntimeLayerConfig layer : layers) {
            if (layer instanceof RuntimeLayerConfig.Disk disk) {
                roots.add(Path.of(disk.symlinkRoot()));
            }
        }
        return roots;
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
     * @throws ConfigException when one is no YAML; those in front of it count from the next load
     */
    public void modify(Map<String, String> changes) throws ConfigException {
        if (!hasAdminLayer()) {
            throw new IllegalStateException("No admin layer specified");
        }
        if (adminValues.size() + changes.size() > MAX_ADMIN_VALUES) {
            throw new IllegalStateException(
                    "runtime values: more than " + MAX_ADMIN_VALUES + " in the admin layer");
        }
        for (var change : changes.entrySet()) {
            adminValues.remove(change.getKey());
            if (!change.getValue().isEmpty()) {
                adminValues.put(change.getKey(), RuntimeText.yaml(change.getValue()));
            }
        }
        reload();
    }

    private RuntimeSnapshot build() {
        int read = 0;
        int errors = 0;
        var shown = new ArrayList<RuntimeSnapshot.Layer>();
        var values = new HashMap<String, RuntimeValue>();
        for (RuntimeLayerConfig layer : layers) {
            Optional<Map<String, RuntimeValue>> own;
            try {
                own =
                        switch (layer) {
                            case RuntimeLayerConfig.Static(String _, var fixed) ->
                                    Optional.of(fixed);
                            case RuntimeLayerConfig.Disk disk -> onDisk(disk);
                            case RuntimeLayerConfig.Admin _ -> Optional.of(adminValues);
                            case RuntimeLayerConfig.Rtds(var _, var resource) ->
                                    Optional.of(discovered.getOrDefault(resource, Map.of()));
                        };
            } catch (IOException e) {
                errors++;
                log.debug("error loading runtime values for layer {}: {}", layer.name(), e);
                continue;
            }
            if (own.isPresent()) {
                read += layer instanceof RuntimeLayerConfig.Disk ? 1 : 0;
                values.putAll(own.get());
                shown.add(new RuntimeSnapshot.Layer(layer.name(), own.get()));
            }
        }
        last = new Load(read, errors);
        return new RuntimeSnapshot(shown, values);
    }

    /** A layer whose directory does not exist is not there at all. */
    private Optional<Map<String, RuntimeValue>> onDisk(RuntimeLayerConfig.Disk disk)
            throws IOException {
        Path directory = Path.of(disk.symlinkRoot(), disk.subdirectory());
        if (disk.appendServiceCluster()) {
            directory = directory.resolve(serviceCluster);
        }
        return Files.isDirectory(directory)
                ? Optional.of(DiskLayer.read(directory))
                : Optional.empty();
    }
}
