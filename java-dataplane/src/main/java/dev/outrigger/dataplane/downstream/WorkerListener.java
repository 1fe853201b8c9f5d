// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.config.PipeAddress;
import dev.outrigger.dataplane.downstream.CompiledListener.ChainKey;
import dev.outrigger.dataplane.downstream.CompiledListener.CompiledChain;
import dev.outrigger.dataplane.downstream.CompiledListener.SecuredChain;
import dev.outrigger.dataplane.exchange.WorkerServices;
import dev.outrigger.dataplane.filterchain.FilterChains;
import dev.outrigger.dataplane.listenerfilter.AcceptedSocket;
import dev.outrigger.dataplane.listenerfilter.ListenerFilters;
import dev.outrigger.dataplane.message.ConnectionIds;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.ResponseFlag;
import dev.outrigger.dataplane.tcpproxy.TcpProxy;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.tls.TlsHandler;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A listener on one worker: where accepted connections find their filter chain. Confined to the
 * worker's event loop.
 */
final class WorkerListener implements ListenerFilterHandler.Owner {

    private final WorkerServices services;
    private final ListenerStats stats;
    private final DrainState serverDrain;
    private final Siblings siblings;
    private final ConnectionLimit limit;
    private final Map<ChainKey, WorkerChain> chains = new HashMap<>();
    private final List<WorkerChain> draining = new ArrayList<>();

    /** The other listeners of the worker. */
    @FunctionalInterface
    interface Siblings {
        /** The one at an address, or at every address of its port; {@code null} for none. */
        @Nullable WorkerListener find(SocketAddress address);
    }

    private WorkerChain[] byIndex = {};
    private FilterChains index;
    private ListenerVersion version;

    WorkerListener(
            WorkerServices services,
            ListenerStats stats,
            DrainState serverDrain,
            Siblings siblings,
            ConnectionLimit limit,
            CompiledListener compiled) {
        this.services = services;
        this.stats = stats;
        this.serverDrain = serverDrain;
        this.siblings = siblings;
        this.limit = limit;
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
     * A swap. Chains that stay keep their connections; those of others have the drain time, and
     * where the listener itself has changed its version's drain too (WA2, WA3).
     *
     * @return the chains that are the listener's no more; closed by the caller when their time is
     *     over
     */
    List<WorkerChain> update(CompiledListener compiled) {
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
            if (old.hasConnections()) {
                draining.add(old);
                retired.add(old);
            }
        }
        return retired;
    }

    ListenerVersion version() {
        return version;
    }

    /** A connection was accepted: listener filters look at it, then it finds its filter chain. */
    void accepted(Channel channel) {
        services.worker().refreshNow();
        boolean pipe = !(channel.parent().localAddress() instanceof InetSocketAddress);
        SocketAddress local = pipe ? pipe(channel) : channel.localAddress();
        // Envoy calls the nameless peer of a Unix domain socket by the name of its own end.
        SocketAddress remote = pipe ? local : channel.remoteAddress();
        if (remote == null || local == null) {
            // Gone before anybody looked.
            channel.close();
            return;
        }
        StatsStore.Counter overflow =
                switch (limit.admit(services.worker().runtime())) {
                    case ADMITTED -> null;
                    case OVERFLOW -> stats.cxOverflow();
                    case GLOBAL_OVERFLOW -> stats.globalCxOverflow();
                };
        if (overflow != null) {
            services.worker().stats().inc(overflow);
            channel.close();
            return;
        }
        channel.closeFuture().addListener(_ -> limit.release());
        var socket = new AcceptedSocket(remote, local, RoundTrip.of(channel));
        ListenerFilters filters = version.filters();
        if (!filters.complete()) {
            refuseIncomplete(channel, socket);
            return;
        }
        if (filters.filters().isEmpty()) {
            ChannelHandler handler = handler(channel, socket);
            if (handler != null) {
                channel.pipeline().addLast(handler);
            }
            return;
        }
        channel.pipeline()
                .addLast(
                        new ListenerFilterHandler(services.worker(), stats, filters, socket, this));
    }

    /** The configuration of a listener filter has not come: whatever it would say is not known. */
    private void refuseIncomplete(Channel channel, AcceptedSocket socket) {
        services.worker().stats().inc(stats.extensionConfigMissing());
        onFilteredOut(socket);
        channel.close();
    }

    private static SocketAddress pipe(Channel channel) {
        String path =
                switch (channel.parent().localAddress()) {
                    case DomainSocketAddress address -> address.path();
                    case UnixDomainSocketAddress address -> address.getPath().toString();
                    default -> "";
                };
        return PipeAddress.of(path.startsWith("\0") ? '@' + path.substring(1) : path);
    }

    @Override
    public void onFiltered(ChannelHandlerContext context, AcceptedSocket socket) {
        WorkerListener other =
                version.handsOff() && socket.isLocalAddressRestored()
                        ? siblings.find(socket.localAddress())
                        : null;
        WorkerListener to = other == null ? this : other;
        ChannelHandler handler = to.takeOver(context, socket, other != null);
        if (handler != null) {
            context.pipeline().addAfter(context.name(), null, handler);
            context.fireChannelActive();
        }
    }

    /** The handler for a connection whose filters are done, if it is to be kept. */
    private @Nullable ChannelHandler takeOver(
            ChannelHandlerContext context, AcceptedSocket socket, boolean handedOver) {
        ListenerFilters filters = version.filters();
        if (handedOver && !filters.complete()) {
            refuseIncomplete(context.channel(), socket);
            return null;
        }
        if (handedOver && !filters.filters().isEmpty()) {
            // This listener's own filters begin anew; whoever they pass it to is this listener.
            return new ListenerFilterHandler(
                    services.worker(), stats, filters, socket, new HandedOver());
        }
        return handler(context.channel(), socket);
    }

    /** A connection that another listener has handed over is not handed on again. */
    private final class HandedOver implements ListenerFilterHandler.Owner {
        @Override
        public void onFiltered(ChannelHandlerContext context, AcceptedSocket socket) {
            ChannelHandler handler = handler(context.channel(), socket);
            if (handler != null) {
                context.pipeline().addAfter(context.name(), null, handler);
                context.fireChannelActive();
            }
        }

        @Override
        public void onFilteredOut(AcceptedSocket socket) {
            WorkerListener.this.onFilteredOut(socket);
        }
    }

    @Override
    public void onFilteredOut(AcceptedSocket socket) {
        ConnectionLog log = connectionLog();
        if (log != null) {
            log.begin(info(socket, ""));
            log.end(null, 0, 0);
        }
    }

    /** Finds the filter chain of a connection; {@code null} where none takes it. */
    private @Nullable ChannelHandler handler(Channel channel, AcceptedSocket socket) {
        int found = index.find(socket);
        ConnectionLog log = connectionLog();
        ConnectionInfo info = info(socket, found == FilterChains.NONE ? "" : byIndex[found].name());
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
            if (socket.hasUnread()) {
                // The system resets a connection that is closed with data nobody has read.
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
            }
            channel.close();
            return null;
        }
        WorkerChain chain = byIndex[found];
        ConnectionLimitFilter limit = chain.refusing(channel);
        SecuredChain tls = chain.tls();
        if (tls == null) {
            return handler(chain, socket, info, log, limit);
        }
        ChannelHandler secured = secured(chain, tls, socket, info, log, limit);
        if (secured == null) {
            channel.close();
        }
        return secured;
    }

    /** {@code null} where no TLS can be had. */
    private @Nullable ChannelHandler secured(
            WorkerChain chain,
            SecuredChain secured,
            AcceptedSocket socket,
            ConnectionInfo info,
            @Nullable ConnectionLog log,
            @Nullable ConnectionLimitFilter limit) {
        StatsShard shard = services.worker().stats();
        TlsHandler tls = secured.tls().newHandler(shard);
        if (tls == null) {
            return null;
        }
        ConnectionInfo known = info.withTls(tls.info());
        if (log != null) {
            log.secured(known);
        }
        ChannelHandler handler = handler(chain, socket, known, log, limit);
        if (secured.connectTimeoutNanos() > 0) {
            tls.limitHandshake(
                    secured.connectTimeoutNanos(),
                    () -> {
                        services.worker().refreshNow();
                        shard.inc(stats.handshakeTimeouts());
                        if (handler instanceof ServerConnection connection) {
                            connection.closeNow(CloseReason.NONE);
                        }
                    });
        }
        return new Both(tls, handler);
    }

    /** Puts two handlers where it is put itself. */
    private static final class Both extends ChannelHandlerAdapter {
        private final ChannelHandler first;
        private final ChannelHandler second;

        private Both(ChannelHandler first, ChannelHandler second) {
            this.first = first;
            this.second = second;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            context.pipeline()
                    .addAfter(context.name(), null, second)
                    .addAfter(context.name(), null, first)
                    .remove(this);
        }
    }

    /**
     * @param limit that it is beyond, if there is one
     */
    private static ChannelHandler handler(
            WorkerChain chain,
            AcceptedSocket socket,
            ConnectionInfo info,
            @Nullable ConnectionLog log,
            @Nullable ConnectionLimitFilter limit) {
        if (limit != null) {
            return refused(chain, socket, info, log, limit);
        }
        return switch (chain.filter()) {
            case NetworkFilter.Http _ ->
                    new Http1ServerConnection(new AcceptedConnection(chain, info, log));
            case NetworkFilter.Tcp(TcpProxy proxy, var _) ->
                    new TcpServerConnection(chain, proxy, socket, info, log).handler();
            case NetworkFilter.Plain plain -> new PlainConnection(chain, plain, log);
        };
    }

    private static ChannelHandler refused(
            WorkerChain chain,
            AcceptedSocket socket,
            ConnectionInfo info,
            @Nullable ConnectionLog log,
            ConnectionLimitFilter limit) {
        return switch (chain.filter()) {
            case NetworkFilter.Http _ ->
                    new RefusedConnection(
                            chain,
                            new AcceptedConnection(chain, info, log),
                            null,
                            limit.delayNanos());
            case NetworkFilter.Tcp(TcpProxy proxy, var _) ->
                    new TcpServerConnection(chain, proxy, socket, info, log)
                            .refused(limit.delayNanos());
            case NetworkFilter.Plain _ ->
                    new RefusedConnection(chain, null, log, limit.delayNanos());
        };
    }

    private ConnectionInfo info(AcceptedSocket socket, String filterChainName) {
        return ConnectionInfo.of(
                ConnectionIds.next(),
                (InetSocketAddress) socket.remoteAddress(),
                (InetSocketAddress) socket.localAddress(),
                new ConnectionInfo.Accepted(
                        (InetSocketAddress) socket.directRemoteAddress(),
                        (InetSocketAddress) socket.directLocalAddress(),
                        socket.isLocalAddressRestored(),
                        socket.requestedServerName(),
                        socket.ja3(),
                        filterChainName,
                        version.name(),
                        socket.tlvs(),
                        socket.roundTripMillis()));
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
        var all = new ArrayList<>(draining);
        all.addAll(chains.values());
        all.forEach(chain -> chain.closeAll(CloseReason.LISTENER_REMOVED));
    }
}
