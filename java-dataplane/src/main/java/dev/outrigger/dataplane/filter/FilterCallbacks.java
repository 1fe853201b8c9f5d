// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter;

import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.config.OnDemand;
import dev.outrigger.dataplane.message.StreamInfo;
import dev.outrigger.dataplane.route.Route;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a filter may ask of the exchange it is in, at its own place in the chain (Envoy's {@code
 * StreamDecoderFilterCallbacks} and {@code StreamEncoderFilterCallbacks}). Confined to the
 * exchange's event loop.
 */
public interface FilterCallbacks {
    /** The name this filter has in {@code http_filters}. */
    String filterName();

    WorkerContext worker();

    StreamInfo streamInfo();

    /** Request, response and stream info as formats see them. */
    FormatContext formatContext();

    /** The request's route, found anew after {@link #clearRouteCache}; {@code null} for none. */
    @Nullable Route route();

    /** The cluster the route has chosen; empty when it forwards to none. */
    String routeCluster();

    /** The most specific configuration of this filter for the route, compiled. */
    @Nullable Object routeConfig();

    /** Every configuration of this filter for the route, the least specific first. */
    void forEachRouteConfig(Consumer<Object> visitor);

    /** Headers that routing looks at have changed: the next to ask looks for a route again. */
    void clearRouteCache();

    /** What the request may ask for that could be its route; {@code null} for nothing. */
    @Nullable OnDemand routesOnDemand();

    /** From here on the request has the routes and clusters of now, not those it began with. */
    void refreshRoutes();

    /** What the connection has room for under this name; shared by its exchanges. */
    @Nullable Object connectionState(String key);

    void setConnectionState(String key, Object value);

    /** Goes on with the request after this filter had stopped it. */
    void continueDecoding();

    /** Goes on with the response after this filter had stopped it. */
    void continueEncoding();

    /** Passes data, which becomes the chain's, to the next encode filter. */
    void injectEncodedData(ByteBuf data, boolean endStream);

    /**
     * Answers in the upstream's place; the request goes no further. What it was stopped with is
     * dropped.
     */
    void sendLocalReply(LocalReply reply);

    /** Bytes a stopped request or response may take. */
    long bufferLimit();

    /** Replaces the request's limit, for the rest of the exchange. */
    void setDecoderBufferLimit(long bytes);

    /** The filter holds too much of the response: the upstream is to wait, or may go on. */
    void onEncoderFilterWatermark(boolean above);

    /** What is known of the clusters. */
    ClusterHealth clusterHealth();
}
