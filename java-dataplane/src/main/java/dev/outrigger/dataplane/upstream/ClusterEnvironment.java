// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.dnscache.DnsCaches;
import dev.outrigger.dataplane.runtime.RuntimeLayers;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.tls.TlsContexts;
import dev.outrigger.dataplane.worker.WorkerContext;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What all clusters share.
 *
 * @param loop the main loop, whose timers and thread health is kept on
 * @param random for what the main loop draws: jitter, enforcement
 * @param localLocality the proxy's own; {@link LocalityKey#NONE} when it has none
 * @param localCluster the name of the cluster this proxy is one of; empty when unknown
 * @param healthChecks opens the connections of active health checks
 * @param tls makes the TLS of transport sockets
 * @param mainContext the main loop as connections know their loop
 * @param outlierLog hears of ejections; {@code null} for none
 * @param dnsCaches where clusters find the hosts that requests name
 * @param workersDo runs a task once on every worker's loop
 */
public record ClusterEnvironment(
        MainLoop loop,
        StatsStore stats,
        int workers,
        RandomGenerator random,
        RuntimeLayers runtime,
        LocalityKey localLocality,
        String localCluster,
        UpstreamConnector healthChecks,
        TlsContexts tls,
        WorkerContext mainContext,
        @Nullable EventLog outlierLog,
        DnsCaches dnsCaches,
        Consumer<Consumer<WorkerContext>> workersDo) {

    /** The main loop's part of the stats. */
    StatsShard mainShard() {
        return stats.shard(0);
    }
}
