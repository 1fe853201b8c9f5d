// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.csds;

import dev.outrigger.policy.status.ProxyStatus;
import dev.outrigger.xds.node.ProxyRegistry;
import io.envoyproxy.envoy.service.status.v3.ClientStatusDiscoveryServiceGrpc.ClientStatusDiscoveryServiceImplBase;
import io.envoyproxy.envoy.service.status.v3.ClientStatusRequest;
import io.envoyproxy.envoy.service.status.v3.ClientStatusResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * {@code envoy.service.status.v3.ClientStatusDiscoveryService}: the connected clients, or those a
 * request names, with the state and content of their resources. Any thread; an answer is made on a
 * thread of its own, a few at a time.
 */
public final class ClientStatusService extends ClientStatusDiscoveryServiceImplBase {
    /** What gRPC clients take unless told otherwise. */
    static final int MAX_BYTES = 4 * 1024 * 1024;

    private static final int MAX_ANSWERS = 4;

    private final ProxyRegistry status;
    private final ServedSnapshots served;
    private final Semaphore answers = new Semaphore(MAX_ANSWERS);

    public ClientStatusService(ProxyRegistry status, ServedSnapshots served) {
        this.status = status;
        this.served = served;
    }

    @Override
    public void fetchClientStatus(
            ClientStatusRequest request, StreamObserver<ClientStatusResponse> responses) {
        answer(request, responses, true);
    }

    /** One answer for each request; a request that is at fault ends the stream. */
    @Override
    public StreamObserver<ClientStatusRequest> streamClientStatus(
            StreamObserver<ClientStatusResponse> responses) {
        return new StreamObserver<>() {
            @Override
            public void onNext(ClientStatusRequest request) {
                // In turn: a stream's answers come in the order of its requests.
                answer(request, responses, false);
            }

            @Override
            public void onError(Throwable cause) {}

            @Override
            public void onCompleted() {
                synchronized (responses) {
                    responses.onCompleted();
                }
            }
        };
    }

    private void answer(
            ClientStatusRequest request,
            StreamObserver<ClientStatusResponse> responses,
            boolean only) {
        if (!answers.tryAcquire()) {
            responses.onError(
                    Status.RESOURCE_EXHAUSTED
                            .withDescription("more than " + MAX_ANSWERS + " requests at a time")
                            .asRuntimeException());
            return;
        }
        try {
            var response = response(request);
            synchronized (responses) {
                responses.onNext(response);
                if (only) {
                    responses.onCompleted();
                }
            }
        } catch (StatusRuntimeException refused) {
            responses.onError(refused);
        } finally {
            answers.release();
        }
    }

    private ClientStatusResponse response(ClientStatusRequest request) {
        NodeMatch match;
        try {
            match = NodeMatch.of(request.getNodeMatchersList());
        } catch (IllegalArgumentException e) {
            throw Status.INVALID_ARGUMENT
                    .withDescription(e.getMessage())
                    .withCause(e)
                    .asRuntimeException();
        }
        var response = ClientStatusResponse.newBuilder();
        long bytes = 0;
        for (ProxyStatus proxy : status.proxies()) {
            var known = served.find(proxy.id());
            if (!proxy.connected() || known.isEmpty() || !match.accepts(known.get().node())) {
                continue;
            }
            var config =
                    ClientConfigs.of(
                            known.get().node(),
                            proxy,
                            status.subscribed(proxy.id()),
                            Optional.ofNullable(known.get().snapshot()),
                            !request.getExcludeResourceContents());
            bytes += config.getSerializedSize();
            if (bytes > MAX_BYTES) {
                throw Status.RESOURCE_EXHAUSTED
                        .withDescription(
                                "more than "
                                        + MAX_BYTES
                                        + " bytes: ask for fewer clients with node_matchers, or set"
                                        + " exclude_resource_contents")
                        .asRuntimeException();
            }
            response.addConfig(config);
        }
        return response.build();
    }
}
