// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.ActiveCluster;
import dev.outrigger.dataplane.config.ClusterConfig;

/** Clusters from YAML, for tests of what becomes of them. */
public final class ParsedClusters {
    private static final ParseContext XDS =
            ParseContext.dynamic(ParseContext.Ads.DELTA, _ -> true, UnknownFields.REJECTED);

    private ParsedClusters() {}

    public static ClusterConfig config(String yaml) {
        return Outcomes.accepted(ClusterParser.parse(Protos.cluster(yaml), XDS));
    }

    /** With the hosts of its own assignment. */
    public static ActiveCluster active(String yaml) {
        ClusterConfig config = config(yaml);
        return new ActiveCluster(config, config.loadAssignment());
    }
}
