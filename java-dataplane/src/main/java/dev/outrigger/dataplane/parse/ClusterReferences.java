// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.RouteActionConfig.ClusterSpecifier;
import dev.outrigger.dataplane.config.RouteActionConfig.Forward;
import dev.outrigger.dataplane.config.RouteActionConfig.MirrorPolicyConfig;
import dev.outrigger.dataplane.config.RouteConfig;
import dev.outrigger.dataplane.config.VirtualHostConfig;
import java.util.List;

/** {@code validate_clusters}: every cluster a route names must exist (A1). */
final class ClusterReferences {
    private final Findings findings;

    private ClusterReferences(Findings findings) {
        this.findings = findings;
    }

    /**
     * @param mirrors of the table, for virtual hosts and routes without their own
     */
    static void check(
            List<VirtualHostConfig> hosts,
            List<MirrorPolicyConfig> mirrors,
            String path,
            Findings findings) {
        var references = new ClusterReferences(findings);
        for (int i = 0; i < hosts.size(); i++) {
            String hostPath = FieldPaths.index(FieldPaths.join(path, "virtual_hosts"), i);
            List<MirrorPolicyConfig> inherited =
                    hosts.get(i).mirrors().isEmpty() ? mirrors : hosts.get(i).mirrors();
            List<RouteConfig> routes = hosts.get(i).routes();
            for (int j = 0; j < routes.size(); j++) {
                String at = FieldPaths.index(hostPath + ".routes", j) + ".route";
                if (routes.get(j).action() instanceof Forward forward) {
                    references.check(forward.cluster(), at);
                    references.check(
                            forward.mirrors().isEmpty() ? inherited : forward.mirrors(), at);
                }
            }
        }
    }

    private void check(ClusterSpecifier specifier, String path) {
        switch (specifier) {
            case ClusterSpecifier.Single(var name) when name.isEmpty() -> {}
            case ClusterSpecifier.Single(var name) ->
                    require(name, path + ".cluster", "route: unknown cluster '" + name + "'");
            case ClusterSpecifier.Weighted weighted -> {
                for (int i = 0; i < weighted.clusters().size(); i++) {
                    String name = weighted.clusters().get(i).name();
                    if (!name.isEmpty()) {
                        require(
                                name,
                                FieldPaths.index(path + ".weighted_clusters.clusters", i) + ".name",
                                "route: unknown weighted cluster '" + name + "'");
                    }
                }
            }
            case ClusterSpecifier.Header _, ClusterSpecifier.Nowhere _ -> {}
        }
    }

    private void check(List<MirrorPolicyConfig> mirrors, String path) {
        for (int i = 0; i < mirrors.size(); i++) {
            String name = mirrors.get(i).cluster();
            if (!name.isEmpty()) {
                require(
                        name,
                        FieldPaths.index(path + ".request_mirror_policies", i) + ".cluster",
                        "route: unknown shadow cluster '" + name + "'");
            }
        }
    }

    private void require(String name, String path, String reason) {
        if (!findings.context().knownCluster().test(name)) {
            findings.invalid(path, name, reason);
        }
    }
}
