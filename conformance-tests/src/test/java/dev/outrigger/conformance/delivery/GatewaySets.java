// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.delivery;

import com.google.protobuf.Any;
import dev.outrigger.conformance.control.TypedYaml;
import dev.outrigger.xds.resource.ResourceType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What another control plane gives its Envoys. The sets are not ours and not in this repository: a
 * set is up to four files, {@code NAME.listeners.yaml} and so on, each a list of resources.
 */
final class GatewaySets {
    private static final Path FOLDER =
            Path.of("..", "..", "shared", "data", "envoy-gateway-golden");

    private static final Map<String, ResourceType> TYPES =
            Map.of(
                    "listeners", ResourceType.LISTENER,
                    "routes", ResourceType.ROUTE,
                    "clusters", ResourceType.CLUSTER,
                    "endpoints", ResourceType.ENDPOINT);

    private static final Pattern ANY_ADDRESS =
            Pattern.compile("(?m)address: (0\\.0\\.0\\.0|'::'|::)$");

    /** What waits for something that never comes is not to wait for long. */
    private static final Pattern SOURCE =
            Pattern.compile("(?m)^( *)ads: \\{\\}\n(?= *resourceApi)");

    private GatewaySets() {}

    static boolean areThere() {
        return Files.isDirectory(FOLDER);
    }

    static List<String> names() throws IOException {
        try (var files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".yaml"))
                    .map(name -> name.substring(0, name.indexOf('.')))
                    .distinct()
                    .sorted()
                    .toList();
        }
    }

    /** Whether all its types are known to the API we are built with. */
    static boolean isReadable(String name) throws IOException {
        try {
            return !read(name, "127.0.0.1").isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * A set by type URL and name.
     *
     * @param address where listeners listen that should on all addresses: one of this machine that
     *     nobody else uses, so that their ports can stay as they are
     * @throws IllegalArgumentException if it has a type nobody knows here
     */
    static Map<String, Map<String, Any>> read(String name, String address) throws IOException {
        var resources = new HashMap<String, Map<String, Any>>();
        for (var type : TYPES.entrySet()) {
            var file = FOLDER.resolve(name + "." + type.getKey() + ".yaml");
            if (!Files.exists(file)) {
                continue;
            }
            var text =
                    ANY_ADDRESS.matcher(Files.readString(file)).replaceAll("address: " + address);
            text = SOURCE.matcher(text).replaceAll("$1ads: {}\n$1initialFetchTimeout: 1s\n");
            if (!(TypedYaml.load(text) instanceof List<?> list)) {
                throw new IllegalArgumentException(file + " (expected: a list)");
            }
            var url = type.getValue().typeUrl();
            var named = new TreeMap<String, Any>();
            for (Object each : list) {
                var tree = (Map<?, ?>) each;
                var key = type.getValue() == ResourceType.ENDPOINT ? "clusterName" : "name";
                named.put(String.valueOf(tree.get(key)), TypedYaml.pack(url, tree));
            }
            resources.put(url, named);
        }
        return resources;
    }
}
