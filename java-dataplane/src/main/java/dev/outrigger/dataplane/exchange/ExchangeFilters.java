// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.config.OnDemand;
import dev.outrigger.dataplane.filter.ClusterHealth;
import dev.outrigger.dataplane.filter.FilterStream;
import dev.outrigger.dataplane.filter.HttpFilterChain;
import dev.outrigger.dataplane.filter.HttpFilters;
import dev.outrigger.dataplane.filter.LocalReply;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.StreamInfo;
import dev.outrigger.dataplane.route.PerFilterConfigs;
import dev.outrigger.dataplane.route.Route;
import dev.outrigger.dataplane.route.Routes;
import dev.outrigger.dataplane.upstream.Cluster;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The filter chain of an exchange, and the exchange as its filters see it. There is no chain where
 * the listener has only the router. One per {@link Exchange}; confined to its event loop.
 */
final class ExchangeFilters implements FilterStream, ClusterHealth {
    private final Exchange exchange;
    private final WorkerContext worker;
    private @Nullable HttpFilterChain chain;

    /** {@link #chain} while the exchange at hand uses it. */
    private @Nullable HttpFilterChain current;

    private int responseHolds;

    ExchangeFilters(Exchange exchange, WorkerContext worker) {
        this.exchange = exchange;
        this.worker = worker;
    }

    /** An exchange begins; whether it has a chain is not known yet. */
    void reset() {
        current = null;
    }

    /** The filters in front of the router; {@code null} for none, or before they have begun. */
    @Nullable HttpFilterChain chain() {
        return current;
    }

    /** The chain of the exchange at hand, begun; {@code null} when there is only the router. */
    @Nullable HttpFilterChain begin() {
        HttpFilters filters =
                exchange.settings().filters(exchange.downstreamRequest().upgradeType());
        if (filters.isEmpty()) {
            current = null;
            return null;
        }
        HttpFilterChain reused = chain;
        if (reused == null || !reused.isOf(filters)) {
            if (reused != null) {
                reused.dispose();
            }
            reused = filters.newChain(this);
            chain = reused;
        }
        reused.begin();
        current = reused;
        return reused;
    }

    /** The filters that a reply of our own passes; {@code null} for none. */
    @Nullable HttpFilterChain chainForReply() {
        return current == null ? begin() : current;
    }

    /** What is sent from now on goes past the filters. */
    void leave() {
        current = null;
    }

    /** How much of the request may be held, in bytes: the connection's limit, or a filter's. */
    long requestBufferLimit() {
        return current == null ? bufferLimit() : current.decoderBufferLimit();
    }

    void end() {
        HttpFilterChain begun = chain;
        if (begun != null) {
            begun.end();
        }
        responseHolds = 0;
    }

    void dispose() {
        HttpFilterChain begun = chain;
        if (begun != null) {
            begun.dispose();
        }
    }

    /** Whether a filter has as much of the response as it wants for now. */
    boolean isHoldingResponse() {
        return responseHolds > 0;
    }

    @Override
    public WorkerContext worker() {
        return worker;
    }

    @Override
    public StreamInfo streamInfo() {
        return exchange.info();
    }

    @Override
    public FormatContext formatContext() {
        return exchange;
    }

    @Override
    public @Nullable Route route() {
        return exchange.route();
    }

    @Override
    public String routeCluster() {
        return exchange.choice().clusterName();
    }

    @Override
    public PerFilterConfigs perFilterConfigs() {
        return exchange.choice().perFilterConfigs();
    }

    @Override
    public void clearRouteCache() {
        exchange.choice().forget();
    }

    @Override
    public @Nullable OnDemand routesOnDemand() {
        RequestHead head = exchange.request();
        if (head == null) {
            return null;
        }
        Routes routes = exchange.manager().routes(head);
        if (routes == null) {
            return exchange.manager().scopeOnDemand(head);
        }
        return routes.config().vhds().isEmpty()
                ? null
                : new OnDemand.VirtualHost(
                        routes.config().name(), head.authority().toLowerCase(Locale.ROOT));
    }

    @Override
    public void refreshRoutes() {
        exchange.refreshRoutes();
    }

    @Override
    public Map<String, Object> connectionState() {
        return exchange.downstream().filterState();
    }

    @Override
    public ClusterHealth clusterHealth() {
        return this;
    }

    @Override
    public long bufferLimit() {
        return exchange.settings().bufferLimitBytes;
    }

    @Override
    public void decodedHeaders(RequestHead head, boolean endStream) {
        exchange.downstreamRequest().startRouter(head, endStream);
    }

    @Override
    public void decodedData(ByteBuf data, boolean endStream) {
        exchange.downstreamRequest().routeBody(data, endStream);
    }

    @Override
    public void decodedTrailers(HeaderBlock trailers) {
        exchange.downstreamRequest().routeTrailers(trailers);
    }

    @Override
    public void encodedHeaders(ResponseHead head, boolean endStream) {
        exchange.downstreamResponse().writeHead(head, endStream);
    }

    @Override
    public void encodedData(ByteBuf data, boolean endStream) {
        exchange.downstreamResponse().writeBody(data, endStream);
    }

    @Override
    public void encodedTrailers(HeaderBlock trailers) {
        exchange.downstreamResponse().writeTrailers(trailers);
    }

    @Override
    public void sendLocalReply(LocalReply reply) {
        exchange.replies().sendFilterReply(reply);
    }

    @Override
    public void requestTooLarge() {
        exchange.onRequestTooLarge();
    }

    @Override
    public void responseTooLarge() {
        exchange.onResponseTooLarge();
    }

    @Override
    public void readDisable(boolean disable) {
        exchange.pauseReading(disable);
    }

    @Override
    public void responseReadDisable(boolean disable) {
        responseHolds += disable ? 1 : -1;
        exchange.onDownstreamWritable(exchange.downstream().isWritable());
    }

    private @Nullable Cluster cluster(String name) {
        return exchange.manager().cluster(name);
    }

    @Override
    public boolean has(String cluster) {
        return cluster(cluster) != null;
    }

    @Override
    public int hosts(String cluster) {
        Cluster found = cluster(cluster);
        return found == null ? 0 : found.hosts().size();
    }

    @Override
    public int healthyHosts(String cluster) {
        Cluster found = cluster(cluster);
        return found == null ? 0 : found.healthyHosts();
    }

    @Override
    public int degradedHosts(String cluster) {
        Cluster found = cluster(cluster);
        return found == null ? 0 : found.degradedHosts();
    }

    @Override
    public int dynamicForwardProxyPort(String cluster) {
        Cluster found = cluster(cluster);
        return found == null ? 0 : found.dynamicForwardProxyPort();
    }
}
