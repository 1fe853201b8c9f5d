// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.xds.node.NodeGroupKey;
import dev.outrigger.xds.resource.XdsResource;
import dev.outrigger.xds.translate.XdsTranslator;
import java.util.List;

/**
 * What groups would be served if a set were the newest: the translation from scratch, which is held
 * against the one that is kept up to date. Confined to one thread.
 */
public final class ResourcePreview {
    private final GroupBuilder builder;

    public ResourcePreview(PolicySet policies) {
        builder = new GroupBuilder(policies, new XdsTranslator());
    }

    public List<XdsResource> resources(NodeGroupKey group) {
        return builder.resources(group);
    }
}
