// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.config.ListenerConfig;
import dev.outrigger.dataplane.config.ProxyConfig;
import dev.outrigger.dataplane.state.RequestPath;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.io.IOException;
import java.util.List;

/** The request path on Netty. */
public final class NettyRequestPath implements RequestPath {
    /**
     * @param stats with a shard for the main loop (0) and one for each worker (from 1)
     */
    public NettyRequestPath(StatsStore stats, RequestPathOptions options) {
        throw new UnsupportedOperationException("follows within the hour");
    }

    @Override
    public void prepareListener(ListenerConfig listener) throws IOException {}

    @Override
    public void apply(ProxyConfig config) {}

    @Override
    public void startWorkers() {}

    @Override
    public void drainListeners(boolean inboundOnly, boolean graceful) {}

    @Override
    public void startDrain() {}

    @Override
    public List<ListenerView> listeners() {
        return List.of();
    }

    @Override
    public List<ClusterView> clusters() {
        return List.of();
    }

    @Override
    public void close() {}
}
