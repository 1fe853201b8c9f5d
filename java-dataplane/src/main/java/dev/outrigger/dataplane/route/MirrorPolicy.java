// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.config.RouteActionConfig.MirrorPolicyConfig;
import dev.outrigger.dataplane.config.RuntimeFractionalPercent;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.WireText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One mirror of a route compiled (S1, S2). Immutable. */
public final class MirrorPolicy {
    private final String cluster;
    private final byte[] clusterHeader;
    private final @Nullable RuntimeFractionalPercent fraction;
    private final boolean suffix;

    private MirrorPolicy(MirrorPolicyConfig config) {
        cluster = config.cluster();
        clusterHeader = WireText.bytes(config.clusterHeader());
        fraction = config.runtimeFraction().orElse(null);
        suffix = !config.disableShadowHostSuffixAppend();
    }

    static MirrorPolicy[] all(List<MirrorPolicyConfig> configs) {
        return configs.stream().map(MirrorPolicy::new).toArray(MirrorPolicy[]::new);
    }

    /** Whether this request is mirrored. */
    public boolean applies(RouteContext context) {
        return fraction == null || context.isEnabled(fraction);
    }

    /** The cluster that gets the copy; empty when the request names none. */
    public String cluster(RequestHead head) {
        if (!cluster.isEmpty()) {
            return cluster;
        }
        int entry = head.headers().find(clusterHeader, 0);
        return entry < 0 ? "" : WireText.configured(head.headers().value(entry));
    }

    /** Whether {@code -shadow} is appended to the host. */
    public boolean appendsSuffix() {
        return suffix;
    }
}
