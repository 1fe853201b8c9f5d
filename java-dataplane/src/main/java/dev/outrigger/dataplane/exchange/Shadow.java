// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.config.MetadataCriteria;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.BytesMeter;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.ResponseReceiver;
import dev.outrigger.dataplane.message.StreamReset;
import dev.outrigger.dataplane.message.UpstreamStream;
import dev.outrigger.dataplane.route.Routes;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.upstream.Cluster;
import dev.outrigger.dataplane.upstream.ConnectionPool;
import dev.outrigger.dataplane.upstream.Host;
import dev.outrigger.dataplane.upstream.LoadBalancerContext;
import dev.outrigger.dataplane.upstream.PoolCallbacks;
import dev.outrigger.dataplane.worker.Timers;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One mirrored copy of a request: sent to its own cluster, its response counted there and thrown
 * away (S2, S3). Outlives the exchange it copies. Confined to its event loop; owns the body it
 * holds.
 */
final class Shadow implements PoolCallbacks, ResponseReceiver {
    private static final byte[] SUFFIX = Ascii.bytes("-shadow");
    private static final byte[] COMMA = {','};
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final WorkerServices services;
    private final WorkerContext worker;
    private final StatsShard shard;
    private final Cluster cluster;
    private final HttpConnectionManager.Settings settings;
    private final RequestHead head = new RequestHead();
    private final ArrayDeque<ByteBuf> pending = new ArrayDeque<>();
    private final Timers.Timer timer;
    private final @Nullable MetadataCriteria criteria;
    private final long timeoutNanos;

    /** Only what it is for chooses where it goes. */
    private final LoadBalancerContext choice =
            new LoadBalancerContext() {
                @Override
                public @Nullable String requestHeader(String name) {
                    int entry = head.headers().find(Ascii.bytes(name), 0);
                    return entry < 0 ? null : head.headers().value(entry);
                }

                @Override
                public @Nullable MetadataCriteria metadataCriteria() {
                    return criteria;
                }
            };

    /** What filters and logs see of it; {@code null} without such. */
    private final @Nullable MirrorContext context;

    private @Nullable Host host;
    private @Nullable ConnectionPool pool;
    private @Nullable UpstreamStream stream;
    private final BytesMeter bytes = new BytesMeter();
    private long requestEnd = -1;
    private boolean complete;
    private boolean done;

    Shadow(
            WorkerServices services,
            Cluster cluster,
            HttpConnectionManager.Settings settings,
            @Nullable MetadataCriteria criteria,
            long timeoutNanos) {
        this.services = services;
        this.worker = services.worker();
        this.shard = worker.stats();
        this.cluster = cluster;
        this.settings = settings;
        this.criteria = criteria;
        this.timeoutNanos = timeoutNanos;
        this.context = MirrorContext.find(services, settings.router, head, cluster);
        this.timer = worker.timers().timer(this::onTimeout);
    }

    @Override
    public BytesMeter bytes() {
        return bytes;
    }

    /** Takes a copy of the request; {@link #start} sends it. */
    void prepare(RequestHead original, boolean appendSuffix) {
        head.copyFrom(original);
        HeaderBlock headers = head.headers();
        if (appendSuffix) {
            appendSuffix(headers);
        }
        headers.set(KnownHeader.ENVOY_INTERNAL, LocalReplies.TRUE);
        if (timeoutNanos > 0 && !settings.router.suppressEnvoyHeaders()) {
            // A copy is not tried again: what the original says of an attempt does not hold for it.
            headers.set(KnownHeader.ENVOY_EXPECTED_RQ_TIMEOUT_MS, timeoutNanos / NANOS_PER_MILLI);
        }
        byte[] ip = Ascii.bytes(LocalAddress.ip());
        int forwarded = headers.find(KnownHeader.X_FORWARDED_FOR);
        if (forwarded < 0) {
            headers.add(KnownHeader.X_FORWARDED_FOR, ip);
        } else {
            headers.join(forwarded, COMMA, ip);
        }
    }

    void start(boolean endStream) {
        shard.inc(settings.stats.asyncClientRqTotal);
        complete = endStream;
        host = cluster.chooseHost(worker, choice);
        ConnectionPool from =
                host == null
                        ? null
                        : cluster.pool(host, worker, services.connector(), false, choice);
        pool = from;
        if (from == null) {
            shard.inc(cluster.stats().cxNoneHealthy);
            end(503);
            return;
        }
        if (endStream) {
            onRequestComplete();
        }
        if (context != null) {
            context.onHost(from.host());
        }
        from.newStream(this);
        if (context != null && !done) {
            context.applyFilters(pendingBytes(), complete);
            if (context.isRefused()) {
                giveUp();
            }
        }
    }

    /** {@code host:port} becomes {@code host-shadow:port}. */
    private static void appendSuffix(HeaderBlock headers) {
        int entry = headers.find(KnownHeader.HOST);
        if (entry < 0) {
            return;
        }
        byte[] data = headers.data();
        int offset = headers.valueOffset(entry);
        int length = headers.valueLength(entry);
        int name = Routes.withoutPort(data, offset, length);
        byte[] host = new byte[length + SUFFIX.length];
        System.arraycopy(data, offset, host, 0, name);
        System.arraycopy(SUFFIX, 0, host, name, SUFFIX.length);
        System.arraycopy(data, offset + name, host, name + SUFFIX.length, length - name);
        headers.setValue(entry, host);
    }

    private void onRequestComplete() {
        requestEnd = worker.now();
        if (timeoutNanos > 0) {
            timer.arm(worker.now(), timeoutNanos);
        }
    }

    /** Body data, which is given away. */
    void onBody(ByteBuf data, boolean endStream) {
        if (done) {
            data.release();
            return;
        }
        complete |= endStream;
        if (endStream) {
            onRequestComplete();
        }
        if (context != null && context.isHeld()) {
            pending.add(data);
            onHeldBody(context);
        } else if (stream == null) {
            pending.add(data);
        } else {
            if (context != null) {
                context.onRequestBody(data.readableBytes(), endStream);
            }
            stream.sendBody(data, endStream);
        }
    }

    private long pendingBytes() {
        return pending.stream().mapToLong(ByteBuf::readableBytes).sum();
    }

    private void onHeldBody(MirrorContext held) {
        held.onHeldBody(pendingBytes(), complete);
        if (held.isRefused()) {
            giveUp();
        } else if (stream != null && !held.isHeld()) {
            send(stream);
        }
    }

    /** The original was given up before it was complete. */
    void cancel() {
        if (!done) {
            giveUp();
        }
    }

    private void giveUp() {
        UpstreamStream current = stream;
        ConnectionPool asked = pool;
        finish();
        if (current != null) {
            current.cancel();
        } else if (asked != null) {
            asked.cancel(this);
        }
    }

    private void finish() {
        done = true;
        stream = null;
        if (context != null) {
            context.end();
        }
        timer.discard();
        pending.forEach(ByteBuf::release);
        pending.clear();
    }

    private void end(int status) {
        cluster.stats().chargeResponse(shard, status, true);
        finish();
    }

    private void onTimeout() {
        if (done) {
            return;
        }
        worker.refreshNow();
        shard.inc(cluster.stats().rqTimeout);
        cluster.stats().chargeResponse(shard, 504, true);
        giveUp();
        worker.flushDirty();
    }

    @Override
    public ResponseReceiver receiver() {
        return this;
    }

    @Override
    public void onPoolReady(UpstreamStream ready) {
        if (done) {
            ready.cancel();
            return;
        }
        stream = ready;
        if (context != null) {
            context.onReady(ready, bytes, pendingBytes(), complete);
            if (context.isRefused()) {
                giveUp();
                return;
            }
            if (context.isHeld()) {
                return;
            }
        }
        send(ready);
    }

    private void send(UpstreamStream ready) {
        if (UnsoundRequest.refusal(head) != null) {
            giveUp();
            return;
        }
        if (context != null) {
            context.onSent(pendingBytes(), complete);
        }
        boolean bodyless = complete && pending.isEmpty() && head.isBodyless();
        ready.sendHead(head, bodyless);
        if (bodyless) {
            return;
        }
        if (pending.isEmpty() && complete) {
            ready.sendBody(Unpooled.EMPTY_BUFFER, true);
        }
        while (!pending.isEmpty()) {
            ByteBuf data = pending.remove();
            ready.sendBody(data, complete && pending.isEmpty());
        }
    }

    @Override
    public void onPoolFailure(StreamReset reason, String transportFailure) {
        if (!done) {
            tellReset(reason, transportFailure);
            end(reason.status());
        }
    }

    private void tellReset(StreamReset reason, String transportFailure) {
        if (context != null) {
            context.onReset(reason, transportFailure);
        }
    }

    @Override
    public void onInformational(ResponseHead interim) {}

    @Override
    public void onResponseHead(ResponseHead response, boolean endStream) {
        if (context != null) {
            context.onResponseHead(response, endStream);
        }
        cluster.stats().chargeResponse(shard, response.status(), true);
        if (host != null) {
            host.countResult(worker.index(), response.status() < 500);
        }
        if (endStream) {
            onResponseEnd();
        }
    }

    @Override
    public void onResponseBody(ByteBuf data, boolean endStream) {
        if (context != null) {
            context.onResponseBody(data.readableBytes(), endStream);
        }
        data.release();
        if (endStream) {
            onResponseEnd();
        }
    }

    @Override
    public void onResponseTrailers(HeaderBlock trailers) {
        if (context != null) {
            context.onTrailers(trailers);
        }
        onResponseEnd();
    }

    private void onResponseEnd() {
        if (requestEnd >= 0) {
            cluster.stats().recordTime(shard, (worker.now() - requestEnd) / NANOS_PER_MILLI, true);
        }
        finish();
    }

    @Override
    public void onUpstreamReset(StreamReset reason, String transportFailure) {
        if (!done) {
            tellReset(reason, transportFailure);
            end(reason.status());
        }
    }

    @Override
    public void onUpstreamWritable(boolean writable) {}
}
