// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import java.util.ArrayList;

/** Makes a case of a seed. */
public final class CaseGenerator {
    private CaseGenerator() {}

    /** The case of this seed with so many exchanges; the first ones of a longer case are alike. */
    public static GeneratedCase generate(long seed, int exchanges) {
        var choices = Choices.scattered(seed);
        var plan = Plan.of(choices.split()).withTransports(Choices.scattered(~seed));
        var filters = new Filters(choices.split(), plan);
        var routes = new Routes(choices.split(), plan, filters).configuration();
        var listener = new Connections(choices.split(), plan, filters).listener(routes);
        var clusters = new ArrayList<Message>();
        var forClusters = new Clusters(choices.split(), plan);
        plan.clusters().forEach(name -> clusters.add(forClusters.cluster(name)));
        if (plan.mirrored()) {
            clusters.add(forClusters.mirror());
        }
        var config = new Message().need("listener", listener).need("clusters", clusters).node();
        var traffic = new Traffic(choices.split(), plan, forClusters.refuses());
        return new GeneratedCase(
                seed, plan.timed(), plan.transports(), config, traffic.exchanges(exchanges));
    }
}
