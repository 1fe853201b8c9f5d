// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.filter.HttpFilterChain;
import dev.outrigger.dataplane.message.AccessLogType;
import dev.outrigger.dataplane.message.DownstreamStream;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.Method;
import dev.outrigger.dataplane.message.Protocol;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseFlag;
import dev.outrigger.dataplane.route.Route;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The request of an exchange on its way from the client: the connection manager's checks and header
 * edits (1.5 to 1.9), the filters, an upgrade's early bytes, and then the {@link Router}. Follows
 * {@code ConnectionManagerImpl::ActiveStream::decodeHeaders} of Envoy. One per {@link Exchange};
 * confined to its event loop.
 */
final class DownstreamRequest {
    private final Exchange exchange;
    private final WorkerContext worker;
    private final StatsShard shard;
    private final DownstreamStream downstream;
    private final Router router;
    private final Upgrade upgrade = new Upgrade();
    private final DeferredRequest deferred = new DeferredRequest();
    private final Runnable goOn = this::goOn;
    private byte @Nullable [] connectAuthority;
    private @Nullable RequestHead head;
    private boolean complete;
    private boolean http10;
    private boolean routerStarted;

    DownstreamRequest(
            Exchange exchange, WorkerContext worker, DownstreamStream downstream, Router router) {
        this.exchange = exchange;
        this.worker = worker;
        this.shard = worker.stats();
        this.downstream = downstream;
        this.router = router;
    }

    void reset() {
        head = null;
        connectAuthority = null;
        complete = false;
        http10 = false;
        routerStarted = false;
    }

    /** {@code null} before it has been read. */
    @Nullable RequestHead head() {
        return head;
    }

    boolean isComplete() {
        return complete;
    }

    boolean isHttp10() {
        return http10;
    }

    /** Whether the request has passed all filters. */
    boolean hasReachedRouter() {
        return routerStarted;
    }

    boolean isWebSocket() {
        return upgrade.isWebSocket();
    }

    Upgrade upgrade() {
        return upgrade;
    }

    /** What the exchange was permitted to become, in lower case; {@code null} for nothing. */
    @Nullable String upgradeType() {
        return upgrade.type();
    }

    /** See {@link Exchange#onHead}. */
    void onHead(RequestHead read, boolean endStream) {
        take(read, read.isHttp10());
        if (endStream) {
            onEnd();
        }
        HttpConnectionManager.Settings settings = exchange.settings();
        if (read.method() == Method.CONNECT) {
            connectAuthority = Upgrade.authority(read);
        }
        RequestChecks.Refusal refusal =
                RequestChecks.check(read, settings, downstream, settings.stats, shard);
        if (refusal != null) {
            if (refusal.isAboutPath()) {
                exchange.choice().askForVirtualHost();
            }
            exchange.replies().refuse(read, refusal);
            return;
        }
        int rejected =
                RequestMutations.apply(
                        read, settings, exchange.manager().routes(read), exchange, worker.random());
        if (rejected > 0) {
            shard.inc(settings.stats.rqRejectedViaIpDetection);
            exchange.replies()
                    .send(rejected, "", null, "rejecting_because_detection_failed", false, false);
            return;
        }
        route(read, endStream, true);
    }

    /** A request that the checks have passed before begins anew (IR2). */
    void repeat(RequestHead again, boolean wasHttp10, @Nullable ByteBuf body) {
        take(again, wasHttp10);
        onEnd();
        route(again, body == null, false);
        if (body == null) {
            return;
        }
        if (!exchange.isActive()) {
            body.release();
            return;
        }
        // It is received once more, unless its head was enough for an answer.
        exchange.info().addBytesReceived(body.readableBytes());
        pass(body, true);
    }

    private void take(RequestHead read, boolean isHttp10) {
        head = read;
        http10 = isHttp10;
        if (isHttp10) {
            exchange.info().setProtocol(Protocol.HTTP_1_0);
        }
    }

    /**
     * @param mayWait whether it may be put off
     */
    private void route(RequestHead read, boolean endStream, boolean mayWait) {
        exchange.choice().find();
        if (read.isTunnel() && !beginUpgrade(read)) {
            return;
        }
        exchange.logAt(
                AccessLogType.DOWNSTREAM_START,
                exchange.settings().config.accessLogTimes().onNewRequest());
        exchange.filters().begin();
        if (mayWait && downstream.defers(goOn)) {
            deferred.begin(endStream);
            return;
        }
        pass(read, endStream);
    }

    /** The turn of a request that was put off has come. */
    private void goOn() {
        RequestHead read = head;
        if (read == null || !deferred.isWaiting()) {
            return;
        }
        deferred.goOn();
        boolean endsWithHead = deferred.endsWithHead();
        boolean endsWithData = deferred.endsWithData();
        ByteBuf data = deferred.takeData();
        HeaderBlock trailers = deferred.trailers();
        pass(read, endsWithHead);
        if (data != null) {
            if (exchange.isActive()) {
                pass(data, endsWithData);
            } else {
                data.release();
            }
        }
        if (trailers != null && exchange.isActive()) {
            pass(trailers);
        }
    }

    private void pass(RequestHead read, boolean endStream) {
        HttpFilterChain chain = exchange.chain();
        if (chain == null) {
            startRouter(read, endStream);
        } else {
            chain.decodeHeaders(read, endStream);
        }
    }

    /** Whether the exchange goes on; one without a route gets its 404 later. */
    private boolean beginUpgrade(RequestHead read) {
        Route found = exchange.route();
        String type = Upgrade.type(read);
        if (type == null) {
            return true;
        }
        HcmStats stats = exchange.stats();
        if (Upgrade.isPermitted(type, found, exchange.settings().config.upgrades())) {
            upgrade.begin(type);
            shard.inc(stats.cxUpgradesTotal);
            shard.inc(stats.cxUpgradesActive);
            return true;
        }
        if (found == null) {
            return true;
        }
        shard.inc(stats.rqWsOnNonWsRoute);
        String cluster = exchange.choice().clusterName();
        if (exchange.manager().cluster(cluster) != null) {
            exchange.info().setUpstreamCluster(cluster);
        }
        downstream.startDrain();
        exchange.replies().send(403, "", null, "upgrade_failed", true, false);
        return false;
    }

    /** Whether that answer of the upstream's must be replaced, being no handshake (W3). */
    boolean failsHandshake(int status) {
        return upgrade.failsHandshake(status);
    }

    /** The final head has been sent, and more follows. */
    void onAnswer(int status) {
        if (upgrade.onAnswer(status)) {
            router.onTunnelOpen();
        }
    }

    /** The final head has been sent: that a tunnel is open is worth a line. */
    void logTunnel(int status) {
        if (upgrade.isAgreed(status)) {
            exchange.logAt(
                    AccessLogType.DOWNSTREAM_TUNNEL_SUCCESSFULLY_ESTABLISHED,
                    exchange.settings().config.accessLogTimes().onTunnel());
        }
    }

    /** The request has passed all filters. */
    void startRouter(RequestHead read, boolean endStream) {
        Route found = exchange.route();
        if (found == null) {
            shard.inc(exchange.stats().noRoute);
            shard.inc(exchange.stats().routerRqTotal);
            exchange.replies()
                    .send(404, "", ResponseFlag.NO_ROUTE_FOUND, "route_not_found", false, false);
            return;
        }
        byte[] authority = connectAuthority;
        if (authority != null) {
            read.headers().set(KnownHeader.HOST, authority);
        }
        routerStarted = true;
        router.start(read, found, endStream);
    }

    /** See {@link Exchange#onBody}. */
    void onBody(ByteBuf data, boolean endStream) {
        exchange.info().addBytesReceived(data.readableBytes());
        exchange.touch();
        if (endStream) {
            onEnd();
        }
        if (deferred.isWaiting()) {
            deferred.add(data, endStream);
        } else {
            pass(data, endStream);
        }
    }

    private void pass(ByteBuf data, boolean endStream) {
        HttpFilterChain chain = exchange.chain();
        if (chain == null) {
            routeBody(data, endStream);
        } else {
            chain.decodeData(data, endStream);
        }
    }

    /** Body data that has passed all filters. */
    void routeBody(ByteBuf data, boolean endStream) {
        if (upgrade.isRefused()) {
            data.release();
        } else {
            router.onRequestBody(data, endStream);
        }
    }

    /** See {@link Exchange#onTrailers}. */
    void onTrailers(HeaderBlock trailers) {
        exchange.touch();
        onEnd();
        if (deferred.isWaiting()) {
            deferred.end(trailers);
        } else {
            pass(trailers);
        }
    }

    private void pass(HeaderBlock trailers) {
        HttpFilterChain chain = exchange.chain();
        if (chain == null) {
            routeTrailers(trailers);
        } else {
            chain.decodeTrailers(trailers);
        }
    }

    /** Trailers that have passed all filters. */
    void routeTrailers(HeaderBlock trailers) {
        if (!upgrade.isRefused()) {
            router.onRequestTrailers(trailers);
        }
    }

    private void onEnd() {
        complete = true;
        exchange.info().setRequestEndNanos(worker.now());
        exchange.timers().onRequestEnd();
    }

    /** The exchange is over. */
    void end() {
        if (deferred.isWaiting()) {
            downstream.forget(goOn);
        }
        deferred.reset();
        if (upgrade.isActive()) {
            upgrade.end();
            shard.dec(exchange.stats().cxUpgradesActive);
        }
    }
}
