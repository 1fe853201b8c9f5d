// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import com.google.rpc.Status;
import dev.outrigger.xds.resource.ResourceType;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A delta stream and what a client says on it. Not thread safe. */
abstract class DeltaConversation {
    final Snapshots snapshots = new Snapshots();
    final RecordingListener listener = new RecordingListener();
    DeltaStream stream = stream(StreamLimits.DEFAULT);
    long now = Duration.ofSeconds(100).toNanos();

    DeltaStream stream(StreamLimits limits) {
        return new DeltaStream(ServedTypes.ALL, limits, new NameSets(), new Nonces("s"), listener);
    }

    static DeltaDiscoveryRequest.Builder delta(ResourceType type) {
        return DeltaDiscoveryRequest.newBuilder().setTypeUrl(type.typeUrl());
    }

    List<DeltaDiscoveryResponse> ask(ResourceType type) throws ProtocolViolation {
        return request(delta(type));
    }

    List<DeltaDiscoveryResponse> subscribe(ResourceType type, String... names)
            throws ProtocolViolation {
        return request(delta(type).addAllResourceNamesSubscribe(List.of(names)));
    }

    List<DeltaDiscoveryResponse> acknowledge(List<DeltaDiscoveryResponse> responses)
            throws ProtocolViolation {
        var sent = new ArrayList<DeltaDiscoveryResponse>();
        for (DeltaDiscoveryResponse response : responses) {
            sent.addAll(
                    request(
                            DeltaDiscoveryRequest.newBuilder()
                                    .setTypeUrl(response.getTypeUrl())
                                    .setResponseNonce(response.getNonce())));
        }
        return sent;
    }

    List<DeltaDiscoveryResponse> refuse(DeltaDiscoveryResponse response, String error)
            throws ProtocolViolation {
        return request(
                DeltaDiscoveryRequest.newBuilder()
                        .setTypeUrl(response.getTypeUrl())
                        .setResponseNonce(response.getNonce())
                        .setErrorDetail(Status.newBuilder().setCode(13).setMessage(error)));
    }

    List<DeltaDiscoveryResponse> request(DeltaDiscoveryRequest.Builder request)
            throws ProtocolViolation {
        stream.onRequest(request.build());
        return drain();
    }

    List<DeltaDiscoveryResponse> publish(Snapshots next) {
        pass(Duration.ofSeconds(2));
        stream.onSnapshot(next.snapshot());
        return drain();
    }

    List<DeltaDiscoveryResponse> drain() {
        var sent = new ArrayList<DeltaDiscoveryResponse>();
        for (var next = stream.next(now); next.isPresent(); next = stream.next(now)) {
            sent.add(Decoded.delta(next.get()));
        }
        stream.report();
        return sent;
    }

    /** Answers everything, as a client that likes what it gets; all that was sent, in order. */
    List<DeltaDiscoveryResponse> withAnswers(List<DeltaDiscoveryResponse> responses)
            throws ProtocolViolation {
        var all = new ArrayList<>(responses);
        for (int i = 0; i < all.size(); i++) {
            all.addAll(acknowledge(List.of(all.get(i))));
        }
        return all;
    }

    void pass(Duration time) {
        now += time.toNanos();
    }

    List<String> names(DeltaDiscoveryResponse response) {
        return response.getResourcesList().stream().map(Resource::getName).toList();
    }

    List<String> removed(DeltaDiscoveryResponse response) {
        return response.getRemovedResourcesList();
    }

    static String content(DeltaDiscoveryResponse response) {
        return Snapshots.content(
                ResourceType.find(response.getTypeUrl()).orElseThrow(),
                response.getResources(0).getResource());
    }

    String type(DeltaDiscoveryResponse response) {
        return ResourceType.find(response.getTypeUrl()).orElseThrow().shortName();
    }
}
