// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.ondemand;

import dev.outrigger.dataplane.config.OnDemand;
import dev.outrigger.dataplane.filter.FilterCallbacks;
import dev.outrigger.dataplane.filter.HttpFilter;
import dev.outrigger.dataplane.filter.OnDemandRoutes;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.RequestHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Holds a request without a route until the control plane has been asked for its virtual host or
 * for the routes of its scope, and lets it go on with the routes of then.
 */
final class OnDemandFilter implements HttpFilter {
    private final FilterCallbacks callbacks;
    private final OnDemandRoutes routes;
    private OnDemandRoutes.@Nullable Load load;

    OnDemandFilter(FilterCallbacks callbacks, OnDemandRoutes routes) {
        this.callbacks = callbacks;
        this.routes = routes;
    }

    @Override
    public HeadersStatus decodeHeaders(RequestHead head, boolean endStream) {
        if (callbacks.route() != null) {
            return HeadersStatus.CONTINUE;
        }
        OnDemand wanted = callbacks.routesOnDemand();
        if (wanted == null) {
            return HeadersStatus.CONTINUE;
        }
        load = routes.load(wanted, callbacks.worker().index(), this::onAnswered);
        return HeadersStatus.STOP_ITERATION;
    }

    @Override
    public DataStatus decodeData(ByteBuf data, boolean endStream) {
        return load == null ? DataStatus.CONTINUE : DataStatus.STOP_ITERATION_AND_WATERMARK;
    }

    /** As Envoy, it does not wait any longer when trailers come. */
    @Override
    public TrailersStatus decodeTrailers(HeaderBlock trailers) {
        giveUp();
        return TrailersStatus.CONTINUE;
    }

    private void onAnswered() {
        load = null;
        callbacks.refreshRoutes();
        callbacks.continueDecoding();
    }

    private void giveUp() {
        if (load != null) {
            load.cancel();
            load = null;
        }
    }

    @Override
    public void onDestroy() {
        giveUp();
    }
}
