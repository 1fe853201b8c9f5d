// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.aot;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.util.Map;

/** A proxy that takes its configuration and does nothing with it, for tests that need one. */
public final class ConnectedProxy implements AutoCloseable {
    private final ManagedChannel channel;
    private final TrainingProxy proxy;

    private ConnectedProxy(ManagedChannel channel, TrainingProxy proxy) {
        this.channel = channel;
        this.proxy = proxy;
    }

    /** Connects to the xDS port on this machine. */
    public static ConnectedProxy to(int port, String id, String cluster) {
        var channel =
                Grpc.newChannelBuilderForAddress(
                                "127.0.0.1", port, InsecureChannelCredentials.create())
                        .build();
        var proxy = new TrainingProxy(id, cluster, Map.of());
        proxy.connect(channel);
        return new ConnectedProxy(channel, proxy);
    }

    @Override
    public void close() {
        proxy.disconnect();
        channel.shutdownNow();
    }
}
