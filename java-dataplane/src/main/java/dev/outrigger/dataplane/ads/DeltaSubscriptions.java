// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import com.google.rpc.Status;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
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
        extends Subscriptions<
                DeltaDiscoveryRequest, DeltaDiscoveryResponse, DeltaSubscriptions.Subscription> {
    private static final Logger log = LoggerFactory.getLogger(DeltaSubscriptions.class);

    /**
     * Requests decide what is asked for on demand; more than these a new stream does not repeat.
     */
    static final int MAX_ON_DEMAND = 65_536;

    private static final String EVERYTHING = "*";

    private final ArrayDeque<Answer> answers = new ArrayDeque<>();

    DeltaSubscriptions(Node node, boolean nodeOnFirstMessageOnly, ResourceTtls ttls) {
        super(node, nodeOnFirstMessageOnly, ttls, Subscription::new);
    }

    @Override
    void onNames(Subscription subscription, Set<String> names) {
        if (subscription.type == XdsType.VIRTUAL_HOST) {
            // These names are beginnings of names, which are no resources: as Envoy, we ask for
            // everything and take what begins so.
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
    }

    @Override
    void onAsked(Subscription subscription) {
        // What a subscription has to say is seen when it is its turn.
    }

    /** Envoy asks again for what it has, too. */
    @Override
    public void requestOnDemand(XdsType type, String name) {
        Subscription subscription = of(type);
        if (subscription.names.size() < MAX_ON_DEMAND) {
            subscription.names.add(name);
        }
        subscription.toSubscribe.add(name);
        begin(subscription);
    }

    @Override
    void onNewStream() {
        answers.clear();
        for (Subscription subscription : all()) {
            subscription.first = true;
            subscription.toSubscribe.clear();
            subscription.toUnsubscribe.clear();
        }
    }

    @Override
    public void onResponse(DeltaDiscoveryResponse response) {
        var type = XdsType.find(response.getTypeUrl());
        var subscription = type.map(this::find).orElse(null);
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

    /** Answers leave before changes of names, each type at its turn (Envoy's order). */
    @Override
    public boolean hasNext() {
        return isOpen()
                && (answers.stream().anyMatch(answer -> isHeard(find(answer.type)))
                        || inOrder().stream()
                                .map(this::find)
                                .anyMatch(each -> isHeard(each) && each.hasNews()));
    }

    private static boolean isHeard(@Nullable Subscription subscription) {
        return subscription != null && subscription.pauses == 0;
    }

    @Override
    public Optional<DeltaDiscoveryRequest> next() {
        if (!isOpen()) {
            return Optional.empty();
        }
        for (var waiting = answers.iterator(); waiting.hasNext(); ) {
            Answer answer = waiting.next();
            var subscription = find(answer.type);
            if (subscription != null && subscription.pauses == 0) {
                waiting.remove();
                return Optional.of(build(subscription, answer));
            }
        }
        for (XdsType type : inOrder()) {
            var subscription = find(type);
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
        takeNode().ifPresent(request::setNode);
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

    private record Answer(XdsType type, String nonce, Optional<String> refusal) {}

    /** What the variant knows of a type. */
    static final class Subscription extends Subscriptions.Subscription {
        private final Set<String> names = new TreeSet<>();
        private final Set<String> toSubscribe = new TreeSet<>();
        private final Set<String> toUnsubscribe = new TreeSet<>();
        private final Map<String, String> versions = new TreeMap<>();
        private boolean first = true;

        Subscription(XdsType type) {
            super(type);
        }

        boolean hasNews() {
            return begun && (first || !toSubscribe.isEmpty() || !toUnsubscribe.isEmpty());
        }
    }
}
