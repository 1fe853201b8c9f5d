// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tcpproxy;

import dev.outrigger.dataplane.config.MetadataCriteria;
import dev.outrigger.dataplane.config.TcpProxyConfig.HashSource;
import dev.outrigger.dataplane.config.TcpProxyConfig.TargetCluster;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.StreamInfo;
import dev.outrigger.dataplane.telemetry.XxHash64;
import dev.outrigger.dataplane.upstream.LoadBalancerContext;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a connection of a TCP proxy tells the load balancer. Confined to its event loop. */
final class HostChoice implements LoadBalancerContext {
    private final StreamInfo info;
    private final @Nullable HashSource source;
    private @Nullable MetadataCriteria metadata;

    HostChoice(StreamInfo info, Optional<HashSource> source) {
        this.info = info;
        this.source = source.orElse(null);
    }

    /** Begins the choice of a host for one attempt. */
    void begin(TargetCluster target) {
        metadata = target.metadataMatch().orElse(null);
    }

    @Override
    public boolean hasHash() {
        // Nothing leaves filter state behind for a TCP connection.
        return source instanceof HashSource.SourceIp && !info.remoteAddress().isUnresolved();
    }

    @Override
    public long hash() {
        return XxHash64.hash(Ascii.bytes(ConnectionInfo.ip(info.remoteAddress())));
    }

    @Override
    public @Nullable MetadataCriteria metadataCriteria() {
        return metadata;
    }

    @Override
    public @Nullable InetSocketAddress originalDestination() {
        return info.connection().originalDestination();
    }

    @Override
    public @Nullable ConnectionInfo connection() {
        return info.findConnection();
    }

    @Override
    public Object downstreamConnection() {
        return info.connection();
    }
}
