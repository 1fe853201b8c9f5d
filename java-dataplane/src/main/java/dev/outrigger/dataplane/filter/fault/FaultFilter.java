// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.fault;

import dev.outrigger.dataplane.filter.FilterCallbacks;
import dev.outrigger.dataplane.filter.HttpFilter;
import dev.outrigger.dataplane.filter.LocalReply;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseFlag;
import dev.outrigger.dataplane.runtime.RuntimeSnapshot;
import dev.outrigger.dataplane.worker.Timers;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Injects faults into some requests: a delay, then perhaps an abort, and a limit on the response's
 * speed. One exchange counts as one active fault, however many it has.
 */
final class FaultFilter implements HttpFilter {
    private static final long NO_LIMIT = Long.MAX_VALUE;

    private final FilterCallbacks callbacks;
    private final FaultSettings configured;
    private final FaultStats stats;
    private FaultSettings settings;
    private Timers.@Nullable Timer delayTimer;
    private @Nullable StreamRateLimiter limiter;
    private @Nullable RequestHead request;
    private String downstreamCluster = "";
    private boolean delaying;
    private boolean active;

    FaultFilter(FilterCallbacks callbacks, FaultSettings settings, FaultStats stats) {
        this.callbacks = callbacks;
        this.configured = settings;
        this.settings = settings;
        this.stats = stats;
    }

    private FaultConfig config() {
        return settings.config();
    }

    private RuntimeSnapshot runtime() {
        return callbacks.worker().runtime();
    }

    @Override
    public HeadersStatus decodeHeaders(RequestHead head, boolean endStream) {
        settings = callbacks.routeConfig() instanceof FaultSettings route ? route : configured;
        if (!settings.concerns(head, callbacks)) {
            return HeadersStatus.CONTINUE;
        }
        request = head;
        HeaderBlock headers = head.headers();
        String cluster = headers.text(KnownHeader.ENVOY_DOWNSTREAM_SERVICE_CLUSTER);
        downstreamCluster = cluster == null ? "" : cluster;
        maybeLimitResponse(headers);
        if (maybeDelay(headers) || maybeAbort(headers)) {
            return HeadersStatus.STOP_ITERATION;
        }
        return HeadersStatus.CONTINUE;
    }

    /** The key for this caller's cluster, which is asked instead of the general one. */
    private String key(String general, String ofCluster) {
        return downstreamCluster.isEmpty()
                ? general
                : "fault.http." + downstreamCluster + "." + ofCluster;
    }

    private long nextRandom() {
        return callbacks.worker().random().nextLong();
    }

    private void maybeLimitResponse(HeaderBlock headers) {
        FaultConfig.RateLimit limit = config().responseRateLimit().orElse(null);
        if (limit == null
                || !runtime()
                        .featureEnabled(
                                config().keys().responseRateLimitPercent(),
                                settings.rateLimitPercentage(limit, headers),
                                nextRandom())) {
            return;
        }
        long kbps = FaultSettings.rateLimitKbps(limit, headers);
        if (kbps < 0 || !tryActivate()) {
            return;
        }
        callbacks.worker().stats().inc(stats.responseRlInjected);
        StreamRateLimiter current = limiter;
        if (current == null) {
            current = new StreamRateLimiter(callbacks);
            limiter = current;
        }
        current.begin(kbps);
    }

    private boolean maybeDelay(HeaderBlock headers) {
        long millis = delayMillis(headers);
        if (millis <= 0 || !tryActivate()) {
            return false;
        }
        delaying = true;
        Timers.Timer timer = delayTimer;
        if (timer == null) {
            timer = callbacks.worker().timers().timer(this::onDelayEnd);
            delayTimer = timer;
        }
        timer.arm(callbacks.worker().now(), millis * 1_000_000);
        stats.countDelay(callbacks.worker().stats(), countedCluster());
        callbacks.streamInfo().setFlag(ResponseFlag.DELAY_INJECTED);
        setMetadata();
        return true;
    }

    private String countedCluster() {
        // Neither the route nor the filter may switch them off.
        return config().disableDownstreamClusterStats()
                        || configured.config().disableDownstreamClusterStats()
                ? ""
                : downstreamCluster;
    }

    private long delayMillis(HeaderBlock headers) {
        FaultConfig.Delay delay = config().delay().orElse(null);
        if (delay == null
                || !runtime()
                        .featureEnabled(
                                key(config().keys().delayPercent(), "delay.fixed_delay_percent"),
                                settings.delayPercentage(delay, headers),
                                nextRandom())) {
            return -1;
        }
        long millis = FaultSettings.delayMillis(delay, headers);
        if (millis < 0) {
            return -1;
        }
        millis = runtime().integer(config().keys().delayDuration(), millis);
        return downstreamCluster.isEmpty()
                ? millis
                : runtime().integer(key("", "delay.fixed_duration_ms"), millis);
    }

    private void onDelayEnd() {
        RequestHead head = request;
        if (!delaying || head == null) {
            return;
        }
        delaying = false;
        if (maybeAbort(head.headers())) {
            return;
        }
        if (config().responseRateLimit().isEmpty()) {
            deactivate();
        }
        callbacks.continueDecoding();
    }

    private boolean maybeAbort(HeaderBlock headers) {
        FaultConfig.Abort abort = config().abort().orElse(null);
        if (abort == null
                || !runtime()
                        .featureEnabled(
                                key(config().keys().abortPercent(), "abort.abort_percent"),
                                settings.abortPercentage(abort, headers),
                                nextRandom())) {
            return false;
        }
        long http = FaultSettings.abortHttpStatus(abort, headers);
        long grpc = http < 0 ? FaultSettings.abortGrpcStatus(abort, headers) : -1;
        if (http < 0 && grpc < 0) {
            return false;
        }
        if (http >= 0) {
            http = status(config().keys().abortHttpStatus(), "abort.http_status", http);
        } else {
            grpc = status(config().keys().abortGrpcStatus(), "abort.grpc_status", grpc);
        }
        if (!tryActivate()) {
            return false;
        }
        abort(http < 0 ? 200 : (int) http, http < 0 ? (int) grpc : -1);
        return true;
    }

    private long status(String general, String ofCluster, long configuredStatus) {
        return downstreamCluster.isEmpty()
                ? runtime().integer(general, configuredStatus)
                : runtime().integer(key(general, ofCluster), configuredStatus);
    }

    private void abort(int httpStatus, int grpcStatus) {
        stats.countAbort(callbacks.worker().stats(), countedCluster());
        callbacks.streamInfo().setFlag(ResponseFlag.FAULT_INJECTED);
        setMetadata();
        callbacks.sendLocalReply(
                LocalReply.of(httpStatus, "fault filter abort", "fault_filter_abort")
                        .withGrpcStatus(grpcStatus));
    }

    private void setMetadata() {
        config().filterMetadata()
                .ifPresent(value ->
                        callbacks
                                .streamInfo()
                                .dynamicMetadata()
                                .set(callbacks.filterName(), value));
    }

    /** Counts this exchange among the active faults, unless there are too many. */
    private boolean tryActivate() {
        if (active) {
            return true;
        }
        long configuredLimit = config().maxActiveFaults();
        long max =
                runtime()
                        .integer(
                                config().keys().maxActiveFaults(),
                                configuredLimit < 0 ? NO_LIMIT : configuredLimit);
        if (max != NO_LIMIT && stats.active() >= max) {
            callbacks.worker().stats().inc(stats.faultsOverflow);
            return false;
        }
        callbacks.worker().stats().inc(stats.activeFaults);
        active = true;
        return true;
    }

    private void deactivate() {
        if (active) {
            active = false;
            callbacks.worker().stats().dec(stats.activeFaults);
        }
    }

    @Override
    public DataStatus decodeData(ByteBuf data, boolean endStream) {
        return delaying ? DataStatus.STOP_ITERATION_AND_WATERMARK : DataStatus.CONTINUE;
    }

    @Override
    public TrailersStatus decodeTrailers(HeaderBlock trailers) {
        return delaying ? TrailersStatus.STOP_ITERATION : TrailersStatus.CONTINUE;
    }

    @Override
    public DataStatus encodeData(ByteBuf data, boolean endStream) {
        StreamRateLimiter current = limiter;
        if (current == null || !current.isActive()) {
            return DataStatus.CONTINUE;
        }
        current.write(data, endStream);
        return DataStatus.STOP_ITERATION_NO_BUFFER;
    }

    @Override
    public TrailersStatus encodeTrailers(HeaderBlock trailers) {
        StreamRateLimiter current = limiter;
        return current != null && current.isActive() && current.onTrailers()
                ? TrailersStatus.STOP_ITERATION
                : TrailersStatus.CONTINUE;
    }

    @Override
    public void onDestroy() {
        if (delayTimer != null) {
            delayTimer.disarm();
        }
        if (limiter != null) {
            limiter.end();
        }
        deactivate();
        delaying = false;
        request = null;
        downstreamCluster = "";
        settings = configured;
    }

    @Override
    public void dispose() {
        if (delayTimer != null) {
            delayTimer.discard();
        }
        if (limiter != null) {
            limiter.dispose();
        }
    }
}
