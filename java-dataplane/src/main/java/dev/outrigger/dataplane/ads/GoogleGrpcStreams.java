// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;

/** Counts the streams to one target of {@code google_grpc} as Envoy does. Main loop only. */
final class GoogleGrpcStreams implements ClientInterceptor {
    private final StatsShard shard;
    private final StatsStore.Counter total;
    private final StatsStore.Counter[] closed = new StatsStore.Counter[Status.Code.values().length];

    /**
     * @param prefix with the dot at the end
     */
    GoogleGrpcStreams(StatsStore stats, String prefix) {
        this.shard = stats.shard(0);
        this.total = stats.counter(prefix + "streams_total");
        for (int i = 0; i < closed.length; i++) {
            closed[i] = stats.counter(prefix + "streams_closed_" + i);
        }
        shard.inc(stats.counter(prefix + "google_grpc_client_creation"));
    }

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(
            MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
            @Override
            public void start(Listener<R> listener, Metadata headers) {
                shard.inc(total);
                super.start(new Counted<>(listener), headers);
            }
        };
    }

    private final class Counted<R> extends SimpleForwardingClientCallListener<R> {
        private boolean ready;

        Counted(ClientCall.Listener<R> listener) {
            super(listener);
        }

        @Override
        public void onReady() {
            ready = true;
            super.onReady();
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            // Envoy has another word for a stream that never began than who made the connection.
            var seen = ready ? status : Status.INTERNAL.withDescription("");
            shard.inc(closed[seen.getCode().value()]);
            super.onClose(seen, trailers);
        }
    }
}
