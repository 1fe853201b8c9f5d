// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.downstream.CompiledListener.ChainKey;
import dev.outrigger.dataplane.downstream.CompiledListener.CompiledChain;
import dev.outrigger.dataplane.downstream.CompiledListener.SecuredChain;
import dev.outrigger.dataplane.exchange.WorkerServices;
import dev.outrigger.dataplane.filterchain.FilterChains;
import dev.outrigger.dataplane.listenerfilter.AcceptedSocket;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.ResponseFlag;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.tls.TlsHandler;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A listener on one worker: where accepted connections find their filter chain. Confined to the
 * worker's event loop.
 */
final class WorkerListener {
    private static final AtomicLong CONNECTION_IDS = new AtomicLong();

    private final WorkerServices services;
    private final ListenerStats stats;
    private final DrainState serverDrain;
    private final Map<ChainKey, WorkerChain> chains = new HashMap<>();
    private final List<WorkerChain> draining = new ArrayList<>();
    private WorkerChain[] byIndex = {};
    private FilterChains index;
    private ListenerVersion version;

    WorkerListener(
            WorkerServices services,
            ListenerStats stats,
            DrainState serverDrain,
            CompiledListener compiled) {
        this.services = services;
        this.stats = stats;
        this.serverDrain = serverDrain;
        this.index = compiled.index();
        this.version = compiled.version();
        update(compiled);
    }

    WorkerServices services() {
        return services;
    }

    ListenerStats stats() {
        return stats;
    }

    DrainState serverDrain() {
        return serverDrain;
    }

    /**
     * A swap. Chains that stay keep their connections; those of others drain: at once where only
     * chains have changed, else as their version of the listener does (WA2, WA3).
     *
     * @return the chains that are the listener's no more; closed by the caller when their time is
     *     over
     */
    List<WorkerChain> update(CompiledListener compiled) {
        boolean inPlace = version.drain() == compiled.version().drain();
        var before = new HashMap<>(chains);
        chains.clear();
        byIndex = new WorkerChain[compiled.chains().size()];
        for (int i = 0; i < byIndex.length; i++) {
            CompiledChain each = compiled.chains().get(i);
            WorkerChain chain = before.remove(each.key());
            if (chain == null) {
                chain = new WorkerChain(this, compiled.version(), each);
            } else {
                chain.update(each);
            }
            chains.put(each.key(), chain);
            byIndex[i] = chain;
        }
        index = compiled.index();
        version = compiled.version();
        var retired = new ArrayList<WorkerChain>();
        for (WorkerChain old : before.values()) {
            if (inPlace) {
                old.startDraining();
            }
            if (old.hasConnections()) {
                draining.add(old);
                retired.add(old);
            }
        }
        return retired;
    }

    /** A connection was accepted: gives it to the filter chain that takes it. */
    void accepted(Channel channel) {
        services.worker().refreshNow();
        SocketAddress remote = channel.remoteAddress();
        SocketAddress local = channel.localAddress();
        if (remote == null || local == null) {
            // Gone before anybody looked.
            channel.close();
            return;
        }
        route(channel, new AcceptedSocket(remote, local), connectionLog());
    }

    private void route(Channel channel, AcceptedSocket socket, @Nullable ConnectionLog log) {
        int found = index.find(socket);
        ConnectionInfo info = info(socket);
        if (log != null) {
            log.begin(info);
        }
        if (found == FilterChains.NONE) {
            services.worker().stats().inc(stats.noFilterChainMatch());
            if (log != null) {
                log.info().setFlag(ResponseFlag.NO_ROUTE_FOUND);
                log.info().setDetails("filter_chain_not_found");
                log.end(null, 0, 0);
            }
            channel.close();
            return;
        }
        WorkerChain chain = byIndex[found];
        SecuredChain tls = chain.tls();
        if (tls == null) {
            channel.pipeline().addLast(handler(chain, info, log));
        } else {
            secure(channel, chain, tls, info, log);
        }
    }

    private void secure(
            Channel channel,
            WorkerChain chain,
            SecuredChain secured,
            ConnectionInfo info,
            @Nullable ConnectionLog log) {
        StatsShard shard = services.worker().stats();
        TlsHandler tls = secured.tls().newHandler(shard);
        if (tls == null) {
            channel.close();
            return;
        }
        ConnectionInfo known = info.withTls(tls.info());
        if (log != null) {
            log.secured(known);
        }
        ChannelHandler handler = handler(chain, known, log);
        if (secured.connectTimeoutNanos() > 0) {
            tls.limitHandshake(
                    secured.connectTimeoutNanos(),
                    () -> {
                        services.worker().refreshNow();
                        shard.inc(stats.handshakeTimeouts());
                        if (handler instanceof ServerConnection connection) {
                            connection.closeNow();
                        }
                    });
        }
        channel.pipeline().addLast(tls, handler);
    }

    private static ChannelHandler handler(
            WorkerChain chain, ConnectionInfo info, @Nullable ConnectionLog log) {
        return switch (chain.filter()) {
            case NetworkFilter.Http _ ->
                    new Http1ServerConnection(new AcceptedConnection(chain, info, log));
            case NetworkFilter.Plain plain -> new PlainConnection(chain, plain, log);
        };
    }

    private static ConnectionInfo info(AcceptedSocket socket) {
        return ConnectionInfo.of(
                CONNECTION_IDS.getAndIncrement(),
                (InetSocketAddress) socket.remoteAddress(),
                (InetSocketAddress) socket.localAddress());
    }

    /** For a connection just accepted; {@code null} when nobody wants to know of it. */
    private @Nullable ConnectionLog connectionLog() {
        return version.accessLogs().isEmpty()
                ? null
                : new ConnectionLog(services, version.accessLogs());
    }

    /** A connection has its chain. */
    void opened() {
        StatsShard shard = services.worker().stats();
        shard.touch(stats.preCxActive());
        shard.inc(stats.cxTotal());
        shard.inc(stats.cxActive());
        shard.inc(stats.workerCxTotal(services.worker().index()));
        shard.inc(stats.workerCxActive(services.worker().index()));
    }

    void closed(long lengthMillis) {
        StatsShard shard = services.worker().stats();
        shard.inc(stats.cxDestroy());
        shard.dec(stats.cxActive());
        shard.dec(stats.workerCxActive(services.worker().index()));
        shard.record(stats.cxLengthMs(), lengthMillis);
    }

    /** A chain has no connections any more. */
    void onEmpty(WorkerChain chain) {
        draining.remove(chain);
    }

    void closeAll() {
        new ArrayList<>(draining).forEach(WorkerChain::closeAll);
        new ArrayList<>(chains.values()).forEach(WorkerChain::closeAll);
    }
}
