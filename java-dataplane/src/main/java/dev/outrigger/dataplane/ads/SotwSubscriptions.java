// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import com.google.protobuf.Any;
import com.google.rpc.Status;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state-of-the-world variant (XD1 to XD4): one request per type, answered by the whole state of
 * the type, acknowledged by the same request with the version and nonce of the answer.
 */
final class SotwSubscriptions
        extends Subscriptions<DiscoveryRequest, DiscoveryResponse, SotwSubscriptions.Subscription> {
    private static final Logger log = LoggerFactory.getLogger(SotwSubscriptions.class);

    /** More answers that wait for tokens are one for each type. */
    private static final int MOST_WAITING = 1_000;

    private final ArrayDeque<XdsType> queue = new ArrayDeque<>();

    SotwSubscriptions(Node node, boolean nodeOnFirstMessageOnly, ResourceTtls ttls) {
        super(node, nodeOnFirstMessageOnly, ttls, Subscription::new);
    }

    @Override
    void onNames(Subscription subscription, Set<String> names) {
        // Sorted, so that equal sets make equal requests.
        subscription.names = List.copyOf(new TreeSet<>(names));
    }

    @Override
    void onAsked(Subscription subscription) {
        enqueue(subscription);
    }

    @Override
    void onNewStream() {
        queue.clear();
        for (Subscription subscription : all()) {
            subscription.nonce = "";
            subscription.refusal = null;
            subscription.queued = false;
        }
        inOrder().forEach(type -> enqueue(of(type)));
    }

    @Override
    public void onResponse(DiscoveryResponse response) {
        var type = XdsType.find(response.getTypeUrl());
        var subscription = type.map(this::find).orElse(null);
        if (subscription == null) {
            log.warn("xDS response of a type not asked for type={}", response.getTypeUrl());
            return;
        }
        if (!subscription.begun || subscription.sink == null) {
            onUnwatched(subscription, response);
            return;
        }
        subscription.pauses++;
        try {
            var refusal = receive(subscription, subscription.sink, response);
            subscription.nonce = response.getNonce();
            subscription.refusal = refusal.orElse(null);
            if (refusal.isEmpty()) {
                subscription.version = response.getVersionInfo();
            }
        } finally {
            subscription.pauses--;
        }
        answer(subscription);
    }

    /**
     * As Envoy: where requests wait for tokens, each response is answered, in the words of the last
     * of them.
     */
    private void answer(Subscription subscription) {
        // What was put off while the type was paused is one request, however long ago.
        boolean putOff = subscription.queued && subscription.paused;
        if (subscription.pauses > 0 || putOff || queue.size() >= MOST_WAITING) {
            enqueue(subscription);
        } else {
            subscription.queued = true;
            subscription.paused = false;
            queue.add(subscription.type);
        }
    }

    /**
     * As Envoy, which knows of the type because others depend on it, but asks for none of it yet:
     * what comes is refused by an answer without a type, nothing is confirmed silently.
     */
    private void onUnwatched(Subscription subscription, DiscoveryResponse response) {
        log.warn("xDS response of a type not asked for type={}", response.getTypeUrl());
        subscription.nonce = response.getNonce();
        if (response.getResourcesCount() == 0) {
            subscription.version = response.getVersionInfo();
        } else {
            enqueue(subscription);
        }
    }

    @Override
    public boolean hasNext() {
        return isOpen()
                && queue.stream()
                        .map(this::find)
                        .anyMatch(each -> each != null && each.pauses == 0);
    }

    @Override
    public Optional<DiscoveryRequest> next() {
        if (!isOpen()) {
            return Optional.empty();
        }
        for (var types = queue.iterator(); types.hasNext(); ) {
            var subscription = find(types.next());
            if (subscription != null && subscription.pauses == 0) {
                types.remove();
                subscription.queued = queue.contains(subscription.type);
                return Optional.of(build(subscription));
            }
        }
        return Optional.empty();
    }

    private Optional<String> receive(
            Subscription subscription, ResourceSink sink, DiscoveryResponse response) {
        String typeUrl = subscription.type.typeUrl();
        var resources = new ArrayList<Resource>(response.getResourcesCount());
        for (Any any : response.getResourcesList()) {
            var envelope = ResourceReader.envelope(any);
            if (envelope.isPresent() && envelope.get().hasTtl()) {
                ttls.heard(
                        subscription.type,
                        envelope.get().getName(),
                        ResourceReader.ttl(envelope.get()),
                        sink);
                if (!envelope.get().hasResource()) {
                    // A sign of life. As in Envoy, it is no part of the state: a wildcard type
                    // that sends nothing else has nothing.
                    continue;
                }
            }
            var resource = ResourceReader.read(any, response.getVersionInfo());
            if (!resource.typeUrl().equals(typeUrl)) {
                sink.onUnreadable();
                return Optional.of(
                        resource.typeUrl()
                                + " does not match the message-wide type URL "
                                + typeUrl
                                + " in DiscoveryResponse "
                                + response.getVersionInfo());
            }
            resources.add(resource);
        }
        return sink.onState(resources, response.getVersionInfo());
    }

    private DiscoveryRequest build(Subscription subscription) {
        var request =
                DiscoveryRequest.newBuilder()
                        .setTypeUrl(subscription.begun ? subscription.type.typeUrl() : "")
                        .setVersionInfo(subscription.version)
                        .setResponseNonce(subscription.nonce)
                        .addAllResourceNames(subscription.names);
        takeNode().ifPresent(request::setNode);
        String refusal = subscription.refusal;
        if (refusal != null) {
            request.setErrorDetail(
                    Status.newBuilder().setCode(ResourceReader.GRPC_INTERNAL).setMessage(refusal));
            subscription.refusal = null;
        }
        return request.build();
    }

    private void enqueue(Subscription subscription) {
        if (!subscription.queued) {
            subscription.queued = true;
            subscription.paused = subscription.pauses > 0;
            queue.add(subscription.type);
        }
    }

    /** What the variant knows of a type. */
    static final class Subscription extends Subscriptions.Subscription {
        private List<String> names = List.of();
        private String version = "";
        private String nonce = "";
        private boolean queued;

        /** Whether it was paused when it was queued. */
        private boolean paused;

        private @Nullable String refusal;

        Subscription(XdsType type) {
            super(type);
        }
    }
}
