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

/** A filter at its place in a chain. */
final class ChainedFilter implements FilterCallbacks {
    private final HttpFilterChain chain;
    private final FilterStream stream;
    private final HttpFilters.Entry entry;
    private final int index;
    private final HttpFilter filter;
    private boolean aboveWatermark;

    ChainedFilter(HttpFilterChain chain, FilterStream stream, HttpFilters.Entry entry, int index) {
        this.chain = chain;
        this.stream = stream;
        this.entry = entry;
        this.index = index;
        this.filter = entry.factory().create(this);
    }

    HttpFilter filter() {
        return filter;
    }

    HttpFilters.Entry entry() {
        return entry;
    }

    void end() {
        filter.onDestroy();
        aboveWatermark = false;
    }

    @Override
    public String filterName() {
        return entry.name();
    }

    @Override
    public WorkerContext worker() {
        return stream.worker();
    }

    @Override
    public StreamInfo streamInfo() {
        return stream.streamInfo();
    }

    @Override
    public FormatContext formatContext() {
        return stream.formatContext();
    }

    @Override
    public @Nullable Route route() {
        return stream.route();
    }

    @Override
    public String routeCluster() {
        return stream.routeCluster();
    }

    @Override
    public @Nullable Object routeConfig() {
        return stream.perFilterConfigs().mostSpecific(entry.name());
    }

    @Override
    public void forEachRouteConfig(Consumer<Object> visitor) {
        stream.perFilterConfigs().forEach(entry.name(), visitor);
    }

    @Override
    public void clearRouteCache() {
        stream.clearRouteCache();
    }

    @Override
    public @Nullable OnDemand routesOnDemand() {
        return stream.routesOnDemand();
    }

    @Override
    public void refreshRoutes() {
        stream.refreshRoutes();
    }

    @Override
    public @Nullable Object connectionState(String key) {
        return stream.connectionState().get(key);
    }

    @Override
    public void setConnectionState(String key, Object value) {
        stream.connectionState().put(key, value);
    }

    @Override
    public void continueDecoding() {
        chain.continueDecoding(index);
    }

    @Override
    public void continueEncoding() {
        chain.continueEncoding(index);
    }

    @Override
    public void injectEncodedData(ByteBuf data, boolean endStream) {
        chain.injectEncodedData(index, data, endStream);
    }

    @Override
    public void sendLocalReply(LocalReply reply) {
        stream.sendLocalReply(reply);
    }

    @Override
    public long bufferLimit() {
        return chain.decoderBufferLimit();
    }

    @Override
    public void setDecoderBufferLimit(long bytes) {
        chain.setDecoderBufferLimit(bytes);
    }

    @Override
    public void onEncoderFilterWatermark(boolean above) {
        if (aboveWatermark != above) {
            aboveWatermark = above;
            stream.responseReadDisable(above);
        }
    }

    @Override
    public ClusterHealth clusterHealth() {
        return stream.clusterHealth();
    }
}
