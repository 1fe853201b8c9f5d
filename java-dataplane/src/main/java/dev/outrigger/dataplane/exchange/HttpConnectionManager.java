// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.accesslog.AccessLog;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.ServerHeader;
import dev.outrigger.dataplane.filter.HttpFilters;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.RequestReader;
import dev.outrigger.dataplane.route.Routes;
import dev.outrigger.dataplane.upstream.Cluster;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP connection manager compiled, together with the routes and clusters it works with as of
 * one moment. Immutable: a swap makes a new one, and an exchange keeps the one it began with.
 */
public final class HttpConnectionManager {
    private final Settings settings;
    private final @Nullable Routes routes;
    private final Map<String, Cluster> clusters;

    /**
     * @param routes {@code null} before the route table has arrived
     */
    public HttpConnectionManager(
            Settings settings, @Nullable Routes routes, Map<String, Cluster> clusters) {
        this.settings = settings;
        this.routes = routes;
        this.clusters = clusters;
    }

    public Settings settings() {
        return settings;
    }

    @Nullable Routes routes() {
        return routes;
    }

    @Nullable Cluster cluster(String name) {
        return clusters.get(name);
    }

    /** The part that depends on the listener alone. Immutable. */
    public static final class Settings {
        final HttpConnectionManagerConfig config;
        final HcmStats stats;
        final AccessLog[] accessLogs;
        final byte[] serverName;
        final byte[] via;
        final boolean overwriteServer;
        final boolean passServer;
        final RouterOptions router;
        final long streamIdleTimeoutNanos;
        final long requestTimeoutNanos;
        final long maxStreamDurationNanos;
        final int bufferLimitBytes;
        final HttpFilters filters;

        public Settings(
                HttpConnectionManagerConfig config,
                HcmStats stats,
                List<AccessLog> accessLogs,
                int bufferLimitBytes,
                HttpFilters filters) {
            this.config = config;
            this.stats = stats;
            this.accessLogs = accessLogs.toArray(AccessLog[]::new);
            this.serverName =
                    Ascii.bytes(config.serverName().isEmpty() ? "envoy" : config.serverName());
            this.via = Ascii.bytes(config.via());
            this.overwriteServer = config.serverHeader() == ServerHeader.OVERWRITE;
            this.passServer = config.serverHeader() == ServerHeader.PASS_THROUGH;
            this.router = RouterOptions.of(config.httpFilters());
            this.streamIdleTimeoutNanos = config.streamIdleTimeout().toNanos();
            this.requestTimeoutNanos = config.requestTimeout().toNanos();
            this.maxStreamDurationNanos =
                    config.maxStreamDuration().map(d -> d.toNanos()).orElse(0L);
            this.bufferLimitBytes = bufferLimitBytes;
            this.filters = filters;
        }

        public HttpConnectionManagerConfig config() {
            return config;
        }

        public HcmStats stats() {
            return stats;
        }

        /** What the codec of this manager's connections allows. */
        public RequestReader.Options readerOptions() {
            var http1 = config.http1Options();
            return new RequestReader.Options(
                    config.maxRequestHeadersBytes(),
                    config.maxHeadersCount(),
                    http1.allowAbsoluteUrl(),
                    http1.acceptHttp10(),
                    http1.allowChunkedLength(),
                    http1.allowCustomMethods(),
                    switch (config.headersWithUnderscoresAction()) {
                        case ALLOW -> RequestReader.Underscores.ALLOW;
                        case DROP_HEADER -> RequestReader.Underscores.DROP;
                        case REJECT_REQUEST -> RequestReader.Underscores.REJECT;
                    });
        }
    }
}
