// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.xdsresources;

import dev.outrigger.policy.kind.sidecar.SidecarSpec;
import dev.outrigger.policy.model.PolicySpec;
import java.util.List;

/** Raw Envoy v3 resources for the selected proxies, served as they are. */
public record XdsResourcesSpec(SidecarSpec.Selector selector, List<RawResource> resources)
        implements PolicySpec {
    public XdsResourcesSpec {
        resources = List.copyOf(resources);
    }

    /**
     * One resource in proto3 JSON, {@code @type} included.
     *
     * @param typeUrl for example {@code type.googleapis.com/envoy.config.cluster.v3.Cluster}
     */
    public record RawResource(String typeUrl, String json) {}
}
