// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.RouteActionConfig.MirrorPolicyConfig;
import dev.outrigger.dataplane.message.Ascii;
import io.envoyproxy.envoy.config.route.v3.RouteAction.RequestMirrorPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code RequestMirrorPolicy} (S1 to S3). */
final class MirrorPolicyParser {
    static final SupportedFields MIRROR =
            SupportedFields.of(RequestMirrorPolicy.class)
                    .obeyed("cluster", "cluster_header", "disable_shadow_host_suffix_append")
                    .nested("runtime_fraction", () -> Fractions.RUNTIME_FRACTION)
                    .noEffect("trace_sampled", "read only by tracing, which is refused");

    private MirrorPolicyParser() {}

    static List<MirrorPolicyConfig> parse(
            List<RequestMirrorPolicy> protos, String path, Findings findings) {
        var mirrors = new ArrayList<MirrorPolicyConfig>();
        for (int i = 0; i < protos.size(); i++) {
            mirrors.add(one(protos.get(i), FieldPaths.index(path, i), findings));
        }
        return mirrors;
    }

    private static MirrorPolicyConfig one(
            RequestMirrorPolicy proto, String path, Findings findings) {
        if (!proto.getCluster().isEmpty() && !proto.getClusterHeader().isEmpty()) {
            findings.invalid(
                    path,
                    proto.getCluster(),
                    "Only one of cluster '"
                            + proto.getCluster()
                            + "' or cluster_header '"
                            + proto.getClusterHeader()
                            + "' in request mirror policy can be specified");
        } else if (proto.getCluster().isEmpty() && proto.getClusterHeader().isEmpty()) {
            findings.invalid(
                    path,
                    "",
                    "Exactly one of cluster or cluster_header in request mirror policy need to be"
                            + " specified");
        }
        return new MirrorPolicyConfig(
                proto.getCluster(),
                Ascii.lower(proto.getClusterHeader()),
                proto.hasRuntimeFraction()
                        ? Optional.of(Fractions.runtime(proto.getRuntimeFraction()))
                        : Optional.empty(),
                proto.getDisableShadowHostSuffixAppend());
    }
}
