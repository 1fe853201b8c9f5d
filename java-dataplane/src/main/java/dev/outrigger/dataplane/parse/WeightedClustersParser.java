// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.RouteActionConfig.ClusterSpecifier;
import dev.outrigger.dataplane.config.RouteActionConfig.WeightedCluster;
import dev.outrigger.dataplane.message.Ascii;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster.ClusterWeight;
import java.util.ArrayList;

/** {@code envoy.config.route.v3.WeightedCluster} (A3, A4). */
final class WeightedClustersParser {
    private static final SupportedFields CLUSTER_WEIGHT =
            SupportedFields.of(ClusterWeight.class)
                    .obeyed(
                            "name",
                            "cluster_header",
                            "weight",
                            "request_headers_to_remove",
                            "response_headers_to_remove",
                            "host_rewrite_literal")
                    .nested("metadata_match", () -> MetadataParser.METADATA)
                    .nested("request_headers_to_add", () -> HeaderEditsParser.HEADER_OPTION)
                    .nested("response_headers_to_add", () -> HeaderEditsParser.HEADER_OPTION)
                    .extension("typed_per_filter_config", PerFilterConfigParser.types());

    static final SupportedFields WEIGHTED =
            SupportedFields.of(io.envoyproxy.envoy.config.route.v3.WeightedCluster.class)
                    .nested("clusters", () -> CLUSTER_WEIGHT)
                    .obeyed("header_name", "runtime_key_prefix")
                    .noEffect("total_weight", "Envoy ignores it too (A3)");

    private static final long MAX_TOTAL_WEIGHT = 0xFFFF_FFFFL;

    private WeightedClustersParser() {}

    /**
     * @param routeName for texts only
     */
    static ClusterSpecifier parse(
            io.envoyproxy.envoy.config.route.v3.WeightedCluster proto,
            String routeName,
            String path,
            Findings findings) {
        var weighted = new ArrayList<WeightedCluster>();
        long total = 0;
        for (int i = 0; i < proto.getClustersCount(); i++) {
            ClusterWeight each = proto.getClusters(i);
            String at = FieldPaths.index(FieldPaths.join(path, "clusters"), i);
            weighted.add(cluster(each, at, findings));
            total += Values.unsigned(each.getWeight());
        }
        if (total == 0) {
            findings.invalid(
                    path, 0, "Sum of weights in the weighted_cluster must be greater than 0.");
        } else if (total > MAX_TOTAL_WEIGHT) {
            findings.invalid(
                    path,
                    total,
                    "The sum of weights of all weighted clusters of route "
                            + routeName
                            + " exceeds 4294967295");
        }
        return new ClusterSpecifier.Weighted(
                weighted, total, Ascii.lower(proto.getHeaderName()), proto.getRuntimeKeyPrefix());
    }

    private static WeightedCluster cluster(ClusterWeight each, String at, Findings findings) {
        if (!each.hasWeight()) {
            findings.invalid(at, each.getName(), "Field 'weight' is missing in: " + each.getName());
        }
        if (each.getName().isEmpty() && each.getClusterHeader().isEmpty()) {
            findings.invalid(
                    at + ".name",
                    "",
                    "At least one of name or cluster_header need to be specified");
        }
        if (!each.getName().isEmpty() && !each.getClusterHeader().isEmpty()) {
            findings.invalid(
                    at + ".cluster_header",
                    each.getClusterHeader(),
                    "Only one of name or cluster_header can be specified");
        }
        return new WeightedCluster(
                each.getName(),
                Ascii.lower(each.getClusterHeader()),
                Values.unsigned(each.getWeight()),
                RouteActionParser.metadataMatch(each.hasMetadataMatch(), each.getMetadataMatch()),
                HeaderEditsParser.parse(
                        each.getRequestHeadersToAddList(),
                        each.getRequestHeadersToRemoveList(),
                        at,
                        "request",
                        findings),
                HeaderEditsParser.parse(
                        each.getResponseHeadersToAddList(),
                        each.getResponseHeadersToRemoveList(),
                        at,
                        "response",
                        findings),
                each.getHostRewriteLiteral(),
                PerFilterConfigParser.parse(each.getTypedPerFilterConfigMap(), at, findings));
    }
}
