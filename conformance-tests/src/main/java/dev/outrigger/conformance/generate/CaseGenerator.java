// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import java.util.ArrayList;

/** Makes a case of a seed. */
public final class CaseGenerator {
    private CaseGenerator() {}

    /** The case of this seed with so many exchanges; the first ones of a longer case are alike. */
    public static GeneratedCase generate(long seed, int exchanges) {
        var choices = Choices.of(seed);
        var plan = Plan.of(choices.split());
        var routes = new Routes(choices.split(), plan).configuration();
        var listener = new Connections(choices.split(), plan).listener(routes);
        var clusters = new ArrayList<Message>();
        var forClusters = new Clusters(choices.split(), plan);
        plan.clusters().forEach(name -> clusters.add(forClusters.cluster(name)));
        var config = new Message().need("listener", listener).need("clusters", clusters).node();
        var traffic = new Traffic(choices.split(), plan);
        return new GeneratedCase(seed, config, traffic.exchanges(exchanges));
    }
}
