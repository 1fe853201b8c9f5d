// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.listenerfilter;

import dev.outrigger.dataplane.config.ListenerFiltersConfig.ListenerFilterConfig;
import dev.outrigger.dataplane.config.ListenerFiltersConfig.TlvRule;
import dev.outrigger.dataplane.listenerfilter.ListenerFilter.Verdict;
import dev.outrigger.dataplane.listenerfilter.ProxyHeader.Outcome;
import dev.outrigger.dataplane.listenerfilter.ProxyHeader.Tlv;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;

/**
 * {@code envoy.filters.listener.proxy_protocol}: takes the PROXY header off a connection and
 * believes what it says of both ends (LF2).
 */
final class ProxyProtocol implements ListenerFilter.Session {
    private static final String NAMESPACE = "envoy.filters.listener.proxy_protocol";

    private final ListenerFilterConfig.ProxyProtocol config;
    private final Stats stats;
    private final StatsShard shard;

    /** Under Envoy's names. */
    static final class Stats {
        final Counter notFoundAllowed;
        final Counter notFoundDisallowed;
        final Versioned v1;
        final Versioned v2;

        Stats(StatsStore store, String statPrefix) {
            String p =
                    "proxy_proto."
                            + (statPrefix.isEmpty() ? "" : statPrefix.replace(':', '_') + '.');
            notFoundAllowed = store.counter(p + "not_found_allowed");
            notFoundDisallowed = store.counter(p + "not_found_disallowed");
            v1 = new Versioned(store, p + "versions.v1.");
            v2 = new Versioned(store, p + "versions.v2.");
        }
    }

    /** Of one version. */
    static final class Versioned {
        final Counter found;
        final Counter disallowed;
        final Counter error;

        Versioned(StatsStore store, String prefix) {
            found = store.counter(prefix + "found");
            disallowed = store.counter(prefix + "disallowed");
            error = store.counter(prefix + "error");
        }
    }

    ProxyProtocol(ListenerFilterConfig.ProxyProtocol config, Stats stats, StatsShard shard) {
        this.config = config;
        this.stats = stats;
        this.shard = shard;
    }

    @Override
    public Verdict onAccept(Channel channel, AcceptedSocket socket) {
        return Verdict.WAIT;
    }

    @Override
    public Verdict onData(ByteBuf data, AcceptedSocket socket) {
        if (config.allowWithout()
                && !ProxyHeader.beginsLike(data, ProxyHeader.V1_SIGNATURE)
                && !ProxyHeader.beginsLike(data, ProxyHeader.V2_SIGNATURE)) {
            shard.inc(stats.notFoundAllowed);
            return Verdict.CONTINUE;
        }
        return switch (ProxyHeader.parse(data)) {
            case Outcome.NeedMore() -> Verdict.WAIT;
            case Outcome.Malformed(int version) -> {
                shard.inc(
                        version == 0
                                ? stats.notFoundDisallowed
                                : (version == 1 ? stats.v1 : stats.v2).error);
                yield Verdict.CLOSE;
            }
            case Outcome.Header header -> found(header, data, socket);
        };
    }

    private Verdict found(Outcome.Header header, ByteBuf data, AcceptedSocket socket) {
        Versioned names = header.version() == 1 ? stats.v1 : stats.v2;
        shard.inc(names.found);
        if (config.disallowedVersions().contains(header.version())) {
            shard.inc(names.disallowed);
            return Verdict.CLOSE;
        }
        InetSocketAddress source = header.source();
        InetSocketAddress destination = header.destination();
        if (source != null && destination != null) {
            if (!destination.equals(socket.localAddress())) {
                socket.restoreLocalAddress(destination);
            }
            socket.setRemoteAddress(source);
        }
        for (Tlv tlv : header.tlvs()) {
            for (TlvRule rule : config.rules()) {
                if (rule.type() == tlv.type()) {
                    socket.addMetadata(
                            rule.metadataNamespace().isEmpty()
                                    ? NAMESPACE
                                    : rule.metadataNamespace(),
                            rule.key(),
                            tlv.value());
                }
            }
            if (config.passThrough().includes(tlv.type())) {
                socket.addTlv(tlv.type(), tlv.value());
            }
        }
        data.skipBytes(header.bytes());
        return Verdict.CONTINUE;
    }
}
