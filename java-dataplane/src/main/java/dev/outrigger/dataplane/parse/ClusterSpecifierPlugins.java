// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import io.envoyproxy.envoy.config.route.v3.ClusterSpecifierPlugin;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * {@code ClusterSpecifierPlugin} (A5): this proxy has none, and goes on without an optional one.
 */
final class ClusterSpecifierPlugins {
    static final SupportedFields PLUGIN =
            SupportedFields.of(ClusterSpecifierPlugin.class)
                    .obeyedWithNote("extension", "there are none")
                    .obeyed("is_optional");

    private ClusterSpecifierPlugins() {}

    /** The names that routes may use. */
    static Set<String> names(List<ClusterSpecifierPlugin> protos, String path, Findings findings) {
        var names = new HashSet<String>();
        for (int i = 0; i < protos.size(); i++) {
            check(protos.get(i), FieldPaths.index(path, i), findings);
            names.add(protos.get(i).getExtension().getName());
        }
        return names;
    }

    static void check(ClusterSpecifierPlugin proto, String path, Findings findings) {
        if (!proto.getIsOptional()) {
            String url = proto.getExtension().getTypedConfig().getTypeUrl();
            findings.invalid(
                    FieldPaths.join(path, "extension"),
                    proto.getExtension().getName(),
                    "Didn't find a registered implementation for '"
                            + proto.getExtension().getName()
                            + "' with type URL: '"
                            + url.substring(url.lastIndexOf('/') + 1)
                            + "'");
        }
    }
}
