// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.proxyless;

import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** grpc-java in this JVM. The bootstrap is a property of the JVM. */
final class JavaCaller implements GrpcCaller {
    private final Map<String, ManagedChannel> channels = new HashMap<>();

    JavaCaller(String bootstrap) {
        System.setProperty("io.grpc.xds.bootstrapConfig", bootstrap);
    }

    @Override
    public String call(String target, String method) {
        var channel =
                channels.computeIfAbsent(
                        target,
                        name ->
                                Grpc.newChannelBuilder(name, InsecureChannelCredentials.create())
                                        .build());
        try {
            return "OK "
                    + ClientCalls.blockingUnaryCall(
                            channel,
                            EchoServer.method(method.substring(1)),
                            CallOptions.DEFAULT.withDeadlineAfter(5, TimeUnit.SECONDS),
                            "");
        } catch (StatusRuntimeException e) {
            return "FAILED " + e.getStatus().getCode() + " " + e.getStatus().getDescription();
        }
    }

    @Override
    public void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
        System.clearProperty("io.grpc.xds.bootstrapConfig");
    }
}
