// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.worker.WorkerContext;

/**
 * Connects ahead to the hosts that are to be chosen next, so that there are more connections than
 * requests in the whole cluster ({@code predictive_preconnect_ratio}). Confined to its worker.
 */
final class PredictivePreconnect {
    /** Arbitrary in Envoy too: how much one request may cause. */
    private static final int MAX_AT_ONCE = 3;

    private final Cluster cluster;
    private final LoadBalancer balancer;
    private final WorkerContext worker;
    private final double ratio;

    PredictivePreconnect(
            Cluster cluster, LoadBalancer balancer, WorkerContext worker, double ratio) {
        this.cluster = cluster;
        this.balancer = balancer;
        this.worker = worker;
        this.ratio = ratio;
    }

    /** A request is about to ask for a stream. */
    void onNewStream(
            LoadBalancerContext context, UpstreamConnector connector, boolean highPriority) {
        for (int i = 0; i < MAX_AT_ONCE && isWanted(); i++) {
            Host next = balancer.peek(cluster.hostSet(), context);
            if (next == null) {
                return;
            }
            ConnectionPool pool = cluster.pool(next, worker, connector, highPriority, context);
            // The next choice may be another host, but doing too little is the better mistake.
            if (pool == null || !pool.maybePreconnect(ratio)) {
                return;
            }
        }
    }

    private boolean isWanted() {
        long streams = 0;
        long provided = 0;
        for (Host host : cluster.hosts()) {
            for (ConnectionPool pool : host.pools().of(worker.index())) {
                streams += pool.streams();
                provided += pool.provided();
            }
        }
        return (streams + 1) * ratio > provided;
    }
}
