// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import com.google.rpc.Status;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The delta variant (DE1): names added and dropped, resources changed and removed, acknowledged by
 * nonce. On a new stream the versions held are stated, so that only what changed comes again.
 */
final class DeltaSubscriptions
        implements XdsProtocol<DeltaDiscoveryRequest, DeltaDiscoveryResponse> {
    private static final Logger log = LoggerFactory.getLogger(DeltaSubscriptions.class);

    /**
     * Requests decide what is asked for on demand; more than these a new stream does not repeat.
     */
    static final int MAX_ON_DEMAND = 65_536;

    private static final String EVERYTHING = "*";

    private final Node node;
    private final ResourceTtls ttls;
    private final boolean nodeOnFirstMessageOnly;
    private final Map<XdsType, Subscription> subscriptions = new EnumMap<>(XdsType.class);
    private final List<XdsType> order = new ArrayList<>();
    private final ArrayDeque<Answer> answers = new ArrayDeque<>();
    private boolean open;
    private boolean nodeSent;

    DeltaSubscriptions(Node node, boolean nodeOnFirstMessageOnly, ResourceTtls ttls) {
        this.ttls = ttls;
        this.node = node;
        this.nodeOnFirstMessageOnly = nodeOnFirstMessageOnly;
    }

    @Override
    public void start(XdsType type, ResourceSink sink) {
        var subscription = subscriptions.computeIfAbsent(type, Subscription::new);
        subscription.sink = sink;
        if (type.isWildcard()) {
            begin(subscription);
        }
    }

    @Override
    public void request(XdsType type, Set<String> names) {
        var subscription = subscriptions.computeIfAbsent(type, Subscription::new);
        if (names.isEmpty() && !subscription.begun) {
            return;
        }
        if (type == XdsType.VIRTUAL_HOST) {
            // These names are beginnings of names, which are no resources: as Envoy, we ask for
            // everything and take what begins so.
            begin(subscription);
            return;
        }
        for (String name : names) {
            if (!subscription.names.contains(name)) {
                subscription.names.add(name);
                // Dropped and wanted again before it was sent: the server must hear of both, so
                // that it sends the resource again.
                subscription.toSubscribe.add(name);
            }
        }
        for (var held = subscription.names.iterator(); held.hasNext(); ) {
            String name = held.next();
            if (!names.contains(name)) {
                held.remove();
                subscription.versions.remove(name);
                if (!subscription.toSubscribe.remove(name)) {
                    subscription.toUnsubscribe.add(name);
                }
            }
        }
        begin(subscription);
    }

    /** Envoy asks again for what it has, too. */
    @Override
    public void requestOnDemand(XdsType type, String name) {
        var subscription = subscriptions.computeIfAbsent(type, Subscription::new);
        if (subscription.names.size() < MAX_ON_DEMAND) {
            subscription.names.add(name);
        }
        subscription.toSubscribe.add(name);
        begin(subscription);
    }

    @Override
    public void pause(XdsType type) {
        subscriptions.computeIfAbsent(type, Subscription::new).pauses++;
    }

    @Override
    public void resume(XdsType type) {
        var subscription = subscriptions.computeIfAbsent(type, Subscription::new);
        if (subscription.pauses == 0) {
            throw new IllegalStateException("resume: " + type + " (expected: a paused type)");
        }
        subscription.pauses--;
    }

    @Override
    public void onStreamOpen() {
        open = true;
        nodeSent = false;
        answers.clear();
        for (Subscription subscription : subscriptions.values()) {
            subscription.first = true;
            subscription.toSubscribe.clear();
            subscription.toUnsubscribe.clear();
        }
    }

    @Override
    public void onResponse(DeltaDiscoveryResponse response) {
        var type = XdsType.find(response.getTypeUrl());
        var subscription = type.map(subscriptions::get).orElse(null);
        if (subscription == null || !subscription.begun || subscription.sink == null) {
            log.warn("xDS response of a type not asked for type={}", response.getTypeUrl());
            return;
        }
        subscription.pauses++;
        try {
            var refusal = receive(subscription, subscription.sink, response);
            answers.add(new Answer(subscription.type, response.getNonce(), refusal));
        } finally {
            subscription.pauses--;
        }
    }

    @Override
    public void onStreamFailure() {
        open = false;
        for (Subscription subscription : subscriptions.values()) {
            if (subscription.begun && subscription.sink != null) {
                subscription.sink.onStreamFailure();
            }
        }
    }

    /** Answers leave before changes of names, each type at its turn (Envoy's order). */
    @Override
    public boolean hasNext() {
        return open
                && (answers.stream().anyMatch(answer -> isHeard(subscriptions.get(answer.type)))
                        || order.stream()
                                .map(subscriptions::get)
                                .anyMatch(each -> isHeard(each) && each.hasNews()));
    }

    private static boolean isHeard(@Nullable Subscription subscription) {
        return subscription != null && subscription.pauses == 0;
    }

    @Override
    public Optional<DeltaDiscoveryRequest> next() {
        if (!open) {
            return Optional.empty();
        }
        for (var waiting = answers.iterator(); waiting.hasNext(); ) {
            Answer answer = waiting.next();
            var subscription = subscriptions.get(answer.type);
            if (subscription != null && subscription.pauses == 0) {
                waiting.remove();
                return Optional.of(build(subscription, answer));
            }
        }
        for (XdsType type : order) {
            var subscription = subscriptions.get(type);
            if (subscription != null && subscription.pauses == 0 && subscription.hasNews()) {
                return Optional.of(build(subscription, null));
            }
        }
        return Optional.empty();
    }

    /** A sign of life of a resource that is held, or an alias the server could not resolve. */
    private static boolean isWithoutContent(
            Subscription subscription, io.envoyproxy.envoy.service.discovery.v3.Resource resource) {
        return !resource.hasResource()
                && (resource.getAliasesCount() > 0
                        || (subscription.type != XdsType.VIRTUAL_HOST
                                && resource.getVersion()
                                        .equals(subscription.versions.get(resource.getName()))));
    }

    private Optional<String> receive(
            Subscription subscription, ResourceSink sink, DeltaDiscoveryResponse response) {
        var refusal = read(subscription, sink, response);
        if (refusal.unreadable()) {
            sink.onUnreadable();
        }
        return refusal.text();
    }

    /**
     * @param unreadable whether nobody but this class has looked at the response
     */
    private record Refusal(Optional<String> text, boolean unreadable) {}

    private Refusal read(
            Subscription subscription, ResourceSink sink, DeltaDiscoveryResponse response) {
        var names = new HashSet<String>();
        var changed = new ArrayList<Resource>(response.getResourcesCount());
        for (var resource : response.getResourcesList()) {
            if (!names.add(resource.getName())) {
                return unreadable(
                        "duplicate name "
                                + resource.getName()
                                + " found among added/updated resources");
            }
            if (resource.hasTtl()) {
                ttls.heard(
                        subscription.type, resource.getName(), ResourceReader.ttl(resource), sink);
            }
            if (isWithoutContent(subscription, resource)) {
                if (subscription.type == XdsType.VIRTUAL_HOST) {
                    changed.add(
                            new Resource(
                                    resource.getName(),
                                    resource.getVersion(),
                                    "",
                                    new byte[0],
                                    resource.getAliasesList()));
                }
                continue;
            }
            String typeUrl = resource.getResource().getTypeUrl();
            if (!typeUrl.equals(subscription.type.typeUrl())) {
                return unreadable(
                        "type URL "
                                + typeUrl
                                + " embedded in an individual Any does not match the message-wide"
                                + " type URL "
                                + subscription.type.typeUrl()
                                + " in DeltaDiscoveryResponse "
                                + response.getSystemVersionInfo());
            }
            changed.add(
                    new Resource(
                            resource.getName(),
                            resource.getVersion(),
                            typeUrl,
                            resource.getResource().getValue().toByteArray(),
                            resource.getAliasesList()));
        }
        for (String removed : response.getRemovedResourcesList()) {
            ttls.removed(subscription.type, removed);
            if (!names.add(removed)) {
                return unreadable(
                        "duplicate name "
                                + removed
                                + " found in the union of added+removed resources");
            }
        }
        var wanted = new ArrayList<Resource>(changed);
        // Names of virtual hosts begin with the name asked for; their sink sorts them.
        if (!subscription.type.isWildcard() && subscription.type != XdsType.VIRTUAL_HOST) {
            wanted.removeIf(resource -> !subscription.names.contains(resource.name()));
        }
        var refusal =
                sink.onDelta(
                        wanted,
                        List.copyOf(response.getRemovedResourcesList()),
                        response.getSystemVersionInfo());
        if (refusal.isEmpty()) {
            wanted.forEach(r -> subscription.versions.put(r.name(), r.version()));
            response.getRemovedResourcesList().forEach(subscription.versions::remove);
        }
        return new Refusal(refusal, false);
    }

    private static Refusal unreadable(String text) {
        return new Refusal(Optional.of(text), true);
    }

    private DeltaDiscoveryRequest build(Subscription subscription, @Nullable Answer answer) {
        var request = DeltaDiscoveryRequest.newBuilder().setTypeUrl(subscription.type.typeUrl());
        if (!nodeOnFirstMessageOnly || !nodeSent) {
            request.setNode(node);
            nodeSent = true;
        }
        if (subscription.first) {
            subscription.first = false;
            if (subscription.type == XdsType.VIRTUAL_HOST && !subscription.names.isEmpty()) {
                // Once anything is asked for by name, everything has to be as well.
                request.addResourceNamesSubscribe(EVERYTHING);
            }
            request.addAllResourceNamesSubscribe(subscription.names);
            request.putAllInitialResourceVersions(subscription.versions);
        } else {
            request.addAllResourceNamesSubscribe(subscription.toSubscribe);
            request.addAllResourceNamesUnsubscribe(subscription.toUnsubscribe);
        }
        subscription.toSubscribe.clear();
        subscription.toUnsubscribe.clear();
        if (answer != null) {
            request.setResponseNonce(answer.nonce);
            answer.refusal.ifPresent(refusal ->
                    request.setErrorDetail(
                            Status.newBuilder()
                                    .setCode(ResourceReader.GRPC_INTERNAL)
                                    .setMessage(refusal)));
        }
        return request.build();
    }

    private void begin(Subscription subscription) {
        if (!subscription.begun) {
            subscription.begun = true;
            order.add(subscription.type);
        }
    }

    private record Answer(XdsType type, String nonce, Optional<String> refusal) {}

    private static final class Subscription {
        private final XdsType type;
        private final Set<String> names = new TreeSet<>();
        private final Set<String> toSubscribe = new TreeSet<>();
        private final Set<String> toUnsubscribe = new TreeSet<>();
        private final Map<String, String> versions = new TreeMap<>();
        private int pauses;
        private boolean begun;
        private boolean first = true;
        private @Nullable ResourceSink sink;

        Subscription(XdsType type) {
            this.type = type;
        }

        boolean hasNews() {
            return begun && (first || !toSubscribe.isEmpty() || !toUnsubscribe.isEmpty());
        }
    }
}
