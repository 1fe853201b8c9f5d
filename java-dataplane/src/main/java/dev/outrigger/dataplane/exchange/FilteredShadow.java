// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.message.BytesMeter;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.StreamInfo;
import dev.outrigger.dataplane.message.UpstreamStream;
import dev.outrigger.dataplane.route.PerFilterConfigs;
import dev.outrigger.dataplane.upstream.Cluster;
import dev.outrigger.dataplane.upstream.Host;
import dev.outrigger.dataplane.worker.WorkerContext;
import org.jspecify.annotations.Nullable;

/**
 * A mirrored request in front of the filters of its upstream, which know of no route. Made only
 * where there are such filters. Confined to its event loop.
 */
final class FilteredShadow implements FormatContext {
    private final UpstreamFilters filters;
    private final RequestHead head;
    private final StreamInfo info = new StreamInfo();
    private boolean applied;

    /**
     * @param client whose request it is
     */
    FilteredShadow(
            UpstreamFilters filters,
            RequestHead head,
            Cluster cluster,
            ConnectionInfo client,
            WorkerContext worker) {
        this.filters = filters;
        this.head = head;
        info.begin(client, worker.wallMillis(), worker.now());
        info.setUpstreamCluster(cluster.name());
    }

    /** It goes to this host. */
    void onHost(Host host) {
        info.setUpstreamHost(host.addressText());
        info.setUpstreamHostName(host.hostname());
        info.setUpstreamMetadata(host.metadata());
    }

    /** There is a connection; the filters come next, unless they had to do without one. */
    void onReady(UpstreamStream stream, BytesMeter bytes) {
        info.setUpstreamConnection(
                stream.localAddress(), stream.protocol(), stream.connectionId(), bytes);
        apply();
    }

    /** Once. */
    void apply() {
        if (!applied) {
            applied = true;
            filters.applyToRequest(head, this, PerFilterConfigs.NONE);
        }
    }

    @Override
    public RequestHead request() {
        return head;
    }

    /** What answers is thrown away. */
    @Override
    public @Nullable ResponseHead response() {
        return null;
    }

    @Override
    public StreamInfo info() {
        return info;
    }
}
