// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import static dev.outrigger.xds.resource.ResourceType.ENDPOINT;
import static dev.outrigger.xds.resource.ResourceType.ROUTE;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Status;
import dev.outrigger.xds.resource.ResourceType;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A state-of-the-world stream and what a client says on it. Not thread safe. */
abstract class SotwConversation {
    final Snapshots snapshots = new Snapshots();
    final RecordingListener listener = new RecordingListener();
    SotwStream stream =
            stream("s", StreamLimits.DEFAULT.withResourceNames(10, 20), ServedTypes.ALL);
    long now;

    SotwStream stream(String nonces, StreamLimits limits, ServedTypes types) {
        return new SotwStream(types, limits, new NameSets(), new Nonces(nonces), listener);
    }

    static DiscoveryRequest.Builder sotw(ResourceType type) {
        return DiscoveryRequest.newBuilder().setTypeUrl(type.typeUrl());
    }

    List<DiscoveryResponse> ask(ResourceType type) throws ProtocolViolation {
        return request(sotw(type));
    }

    List<DiscoveryResponse> subscribe(ResourceType type, String... names) throws ProtocolViolation {
        return request(sotw(type).addAllResourceNames(List.of(names)));
    }

    List<DiscoveryResponse> answer(DiscoveryResponse response, String... names)
            throws ProtocolViolation {
        return request(
                DiscoveryRequest.newBuilder()
                        .setTypeUrl(response.getTypeUrl())
                        .setVersionInfo(response.getVersionInfo())
                        .setResponseNonce(response.getNonce())
                        .addAllResourceNames(List.of(names)));
    }

    /** As a client does: what it subscribed to by name, it repeats. */
    List<DiscoveryResponse> acknowledge(List<DiscoveryResponse> responses)
            throws ProtocolViolation {
        var sent = new ArrayList<DiscoveryResponse>();
        for (DiscoveryResponse response : responses) {
            boolean named =
                    response.getTypeUrl().equals(ROUTE.typeUrl())
                            || response.getTypeUrl().equals(ENDPOINT.typeUrl());
            var wanted = subscribed.getOrDefault(response.getTypeUrl(), List.of());
            sent.addAll(answer(response, named ? wanted.toArray(String[]::new) : new String[0]));
        }
        return sent;
    }

    List<DiscoveryResponse> refuse(DiscoveryResponse response, String error)
            throws ProtocolViolation {
        return request(
                DiscoveryRequest.newBuilder()
                        .setTypeUrl(response.getTypeUrl())
                        .setResponseNonce(response.getNonce())
                        .setErrorDetail(error(error)));
    }

    final java.util.Map<String, List<String>> subscribed = new java.util.HashMap<>();

    List<DiscoveryResponse> request(DiscoveryRequest.Builder request) throws ProtocolViolation {
        subscribed.put(request.getTypeUrl(), List.copyOf(request.getResourceNamesList()));
        stream.onRequest(request.build());
        return drain();
    }

    List<DiscoveryResponse> publish(Snapshots next) {
        now += Duration.ofSeconds(2).toNanos();
        stream.onSnapshot(next.snapshot());
        return drain();
    }

    List<DiscoveryResponse> drain() {
        var sent = new ArrayList<DiscoveryResponse>();
        for (var next = stream.next(now); next.isPresent(); next = stream.next(now)) {
            sent.add(Decoded.sotw(next.get()));
        }
        stream.report();
        return sent;
    }

    /** Answers everything, as a client that likes what it gets; all that was sent, in order. */
    List<DiscoveryResponse> withAnswers(List<DiscoveryResponse> responses)
            throws ProtocolViolation {
        var all = new ArrayList<>(responses);
        for (int i = 0; i < all.size(); i++) {
            all.addAll(acknowledge(List.of(all.get(i))));
        }
        return all;
    }

    static Status error(String message) {
        return Status.newBuilder().setCode(13).setMessage(message).build();
    }

    List<String> names(DiscoveryResponse response) {
        var type = ResourceType.find(response.getTypeUrl()).orElseThrow();
        var names = new ArrayList<String>();
        for (Any any : response.getResourcesList()) {
            try {
                names.add(
                        type.nameOf(type.prototype().getParserForType().parseFrom(any.getValue())));
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError(e);
            }
        }
        return names;
    }

    String type(DiscoveryResponse response) {
        return ResourceType.find(response.getTypeUrl()).orElseThrow().shortName();
    }
}
