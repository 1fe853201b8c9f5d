// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What both variants of the protocol know of the types on a stream: who wants them, which are
 * paused, in which order they were asked for first, and whether the server knows this node.
 *
 * @param <Q> a request
 * @param <A> an answer
 * @param <S> what a variant knows of a type
 */
abstract class Subscriptions<Q, A, S extends Subscriptions.Subscription>
        implements XdsProtocol<Q, A> {
    final ResourceTtls ttls;
    private final Node node;
    private final boolean nodeOnFirstMessageOnly;
    private final Function<XdsType, S> making;
    private final Map<XdsType, S> byType = new EnumMap<>(XdsType.class);
    private final List<XdsType> order = new ArrayList<>();
    private boolean open;
    private boolean nodeSent;

    Subscriptions(
            Node node,
            boolean nodeOnFirstMessageOnly,
            ResourceTtls ttls,
            Function<XdsType, S> making) {
        this.node = node;
        this.nodeOnFirstMessageOnly = nodeOnFirstMessageOnly;
        this.ttls = ttls;
        this.making = making;
    }

    @Override
    public final void start(XdsType type, ResourceSink sink) {
        S subscription = of(type);
        subscription.sink = sink;
        if (type.isWildcard()) {
            begin(subscription);
            onAsked(subscription);
        }
    }

    @Override
    public final void request(XdsType type, Set<String> names) {
        S subscription = of(type);
        if (names.isEmpty() && !subscription.begun) {
            return;
        }
        onNames(subscription, names);
        begin(subscription);
        onAsked(subscription);
    }

    @Override
    public final void pause(XdsType type) {
        of(type).pauses++;
    }

    @Override
    public final void resume(XdsType type) {
        S subscription = of(type);
        if (subscription.pauses == 0) {
            throw new IllegalStateException("resume: " + type + " (expected: a paused type)");
        }
        subscription.pauses--;
    }

    @Override
    public final void onStreamOpen() {
        open = true;
        nodeSent = false;
        onNewStream();
    }

    @Override
    public final void onStreamFailure() {
        open = false;
        for (S subscription : byType.values()) {
            if (subscription.begun && subscription.sink != null) {
                subscription.sink.onStreamFailure();
            }
        }
    }

    /** Nothing of the stream before holds any more. */
    abstract void onNewStream();

    /** These are the names wanted now. */
    abstract void onNames(S subscription, Set<String> names);

    /** The type is asked for, or asked for again. */
    abstract void onAsked(S subscription);

    final boolean isOpen() {
        return open;
    }

    final S of(XdsType type) {
        return byType.computeIfAbsent(type, making);
    }

    final @Nullable S find(XdsType type) {
        return byType.get(type);
    }

    final Collection<S> all() {
        return byType.values();
    }

    /** Those asked for, in the order they were asked for first. */
    final List<XdsType> inOrder() {
        return order;
    }

    final void begin(S subscription) {
        if (!subscription.begun) {
            subscription.begun = true;
            order.add(subscription.type);
        }
    }

    /** Who asks, if the server has to be told with this request. */
    final Optional<Node> takeNode() {
        if (nodeOnFirstMessageOnly && nodeSent) {
            return Optional.empty();
        }
        nodeSent = true;
        return Optional.of(node);
    }

    /** What is known of a type. */
    abstract static class Subscription {
        final XdsType type;
        int pauses;
        boolean begun;
        @Nullable ResourceSink sink;

        Subscription(XdsType type) {
            this.type = type;
        }
    }
}
