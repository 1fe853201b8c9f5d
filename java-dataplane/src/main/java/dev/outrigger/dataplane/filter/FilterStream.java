// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter;

import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.config.OnDemand;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.StreamInfo;
import dev.outrigger.dataplane.route.PerFilterConfigs;
import dev.outrigger.dataplane.route.Route;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The exchange as its chain sees it: what lies behind the last filter of each direction, and what
 * filters ask for. Confined to the exchange's event loop.
 */
public interface FilterStream {
    WorkerContext worker();

    StreamInfo streamInfo();

    FormatContext formatContext();

    @Nullable Route route();

    String routeCluster();

    /** The route's, or none. */
    PerFilterConfigs perFilterConfigs();

    void clearRouteCache();

    /** See {@link FilterCallbacks#routesOnDemand}. */
    default @Nullable OnDemand routesOnDemand() {
        return null;
    }

    /** See {@link FilterCallbacks#refreshRoutes}. */
    default void refreshRoutes() {}

    Map<String, Object> connectionState();

    ClusterHealth clusterHealth();

    /** {@code per_connection_buffer_limit_bytes}; 0 for no limit. */
    long bufferLimit();

    /** The request leaves the chain: the router's part begins. */
    void decodedHeaders(RequestHead head, boolean endStream);

    /**
     * @param data owned by the exchange
     */
    void decodedData(ByteBuf data, boolean endStream);

    void decodedTrailers(HeaderBlock trailers);

    /** The response leaves the chain towards the downstream. */
    void encodedHeaders(ResponseHead head, boolean endStream);

    /**
     * @param data owned by the exchange
     */
    void encodedData(ByteBuf data, boolean endStream);

    void encodedTrailers(HeaderBlock trailers);

    void sendLocalReply(LocalReply reply);

    /** More than the limit was to be kept of the request (413). */
    void requestTooLarge();

    /** More than the limit was to be kept of the response (500, or a reset). */
    void responseTooLarge();

    /** Stops or resumes reading the request. */
    void readDisable(boolean disable);

    /** Stops or resumes reading the response. */
    void responseReadDisable(boolean disable);
}
