// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.security;

import io.envoyproxy.envoy.service.status.v3.ClientStatusDiscoveryServiceGrpc;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.net.InetSocketAddress;

/**
 * Client status shows every proxy's configuration. Without certificates only this machine may see
 * it. Any thread.
 */
final class StatusAccess implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        if (concerns(call) && !isLocal(call)) {
            return deny(call, "client status is for this machine only, as the port is plaintext");
        }
        return next.startCall(call, headers);
    }

    static boolean concerns(ServerCall<?, ?> call) {
        return ClientStatusDiscoveryServiceGrpc.SERVICE_NAME.equals(
                call.getMethodDescriptor().getServiceName());
    }

    static <Q> ServerCall.Listener<Q> deny(ServerCall<Q, ?> call, String reason) {
        call.close(Status.UNAUTHENTICATED.withDescription(reason), new Metadata());
        return new ServerCall.Listener<>() {};
    }

    private static boolean isLocal(ServerCall<?, ?> call) {
        return call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)
                        instanceof InetSocketAddress remote
                && remote.getAddress().isLoopbackAddress();
    }
}
