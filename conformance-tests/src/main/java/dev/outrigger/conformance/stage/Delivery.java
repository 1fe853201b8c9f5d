// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How listeners and clusters reach the proxy. */
public enum Delivery {
    /** In the bootstrap. */
    STATIC,
    /** In files that LDS and CDS name. */
    FILES,
    /** From a control plane, which is given them as they are. */
    ADS;

    private static final String API = "type.googleapis.com/envoy.config.";

    /**
     * The bootstrap, with what it names written to the folder.
     *
     * @param listeners each as JSON
     * @param clusters each as JSON
     */
    String bootstrap(List<String> listeners, List<String> clusters, Path folder)
            throws IOException {
        var admin = "{\"admin\": " + ConfigTemplate.admin() + ",\n";
        return switch (this) {
            case STATIC ->
                    admin
                            + "\"static_resources\": {\"listeners\": [\n"
                            + String.join(",\n", listeners)
                            + "\n], \"clusters\": [\n"
                            + String.join(",\n", clusters)
                            + "\n]}}\n";
            case FILES ->
                    admin
                            + "\"node\": {\"id\": \"batch\", \"cluster\": \"batch\"},\n"
                            + "\"dynamic_resources\": {\"lds_config\": "
                            + source(folder, "lds.yaml", API + "listener.v3.Listener", listeners)
                            + ",\n\"cds_config\": "
                            + source(folder, "cds.yaml", API + "cluster.v3.Cluster", clusters)
                            + "}}\n";
            case ADS -> throw new IllegalStateException("the control plane writes it");
        };
    }

    /** What the control plane is given. */
    static String documents(List<String> listeners, List<String> clusters) {
        var resources = new ArrayList<String>();
        clusters.forEach(each -> resources.add(typed(API + "cluster.v3.Cluster", each)));
        listeners.forEach(each -> resources.add(typed(API + "listener.v3.Listener", each)));
        return "apiVersion: outrigger.dev/v1alpha1\nkind: XdsResources\nmetadata: {name: batch}\n"
                + "spec:\n  selector: {cluster: a}\n  resources:\n  - "
                + String.join("\n  - ", resources)
                + "\n";
    }

    private static String typed(String type, String resource) {
        return "{\"@type\": \"" + type + "\", " + resource.strip().substring(1);
    }

    private static String source(Path folder, String name, String type, List<String> resources)
            throws IOException {
        var file = folder.resolve(name);
        var typed = resources.stream().map(each -> typed(type, each)).toList();
        Files.writeString(file, "{\"resources\": [\n" + String.join(",\n", typed) + "\n]}\n");
        return "{\"resource_api_version\": \"V3\", \"path_config_source\": {\"path\": \""
                + file.toAbsolutePath()
                + "\"}}";
    }
}
