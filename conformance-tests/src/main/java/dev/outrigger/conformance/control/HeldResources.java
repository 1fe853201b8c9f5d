// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.control;

import com.google.protobuf.Any;
import dev.outrigger.conformance.proxy.Eventually;
import dev.outrigger.xds.resource.ResourceType;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A control plane of the plainest kind, for one proxy: it holds resources, sends what is asked for
 * and changed, and remembers what was refused. Any thread.
 */
public final class HeldResources implements XdsScript {
    /** A proxy that has said nothing for so long has nothing to say, on one machine. */
    private static final long SILENCE_NANOS = Duration.ofMillis(70).toNanos();

    private SortedMap<String, SortedMap<String, Any>> held = new TreeMap<>();
    private final Map<String, Asking> asking = new LinkedHashMap<>();
    private final SortedMap<String, String> refusals = new TreeMap<>();
    private @Nullable XdsConversation conversation;
    private long lastNanos = System.nanoTime();
    private int sent;

    /**
     * Replaces everything, and forgets what was refused.
     *
     * @param resources by type URL and name
     */
    public synchronized void hold(Map<String, ? extends Map<String, Any>> resources) {
        var next = new TreeMap<String, SortedMap<String, Any>>();
        resources.forEach((type, named) -> next.put(type, new TreeMap<>(named)));
        held = next;
        refusals.clear();
        lastNanos = System.nanoTime();
        for (var type : ResourceType.inOrder()) {
            var asked = asking.get(type.typeUrl());
            if (asked != null) {
                asked.offer();
            }
        }
    }

    /** Waits until every response is answered and nothing more is asked for. */
    public boolean settles(Duration limit) {
        return Eventually.holds(limit, this::isSilent);
    }

    /** Why the last response of a type was refused, by type URL; without those accepted. */
    public synchronized SortedMap<String, String> refusals() {
        return new TreeMap<>(refusals);
    }

    /** The types whose last response is not answered. */
    public synchronized Set<String> unanswered() {
        var types = new TreeSet<String>();
        asking.forEach((type, asked) -> {
            if (asked.isOpen()) {
                types.add(type);
            }
        });
        return types;
    }

    private synchronized boolean isSilent() {
        return conversation != null
                && !asking.isEmpty()
                && asking.values().stream().noneMatch(Asking::isOpen)
                && System.nanoTime() - lastNanos > SILENCE_NANOS;
    }

    @Override
    public synchronized void onOpen(XdsConversation opened) {
        conversation = opened;
        asking.clear();
        lastNanos = System.nanoTime();
    }

    @Override
    public synchronized void onRequest(XdsConversation from, Asked asked) {
        lastNanos = System.nanoTime();
        if (from.equals(conversation)) {
            asking.computeIfAbsent(
                            asked.typeUrl(),
                            type -> from.isDelta() ? new Changes(type) : new States(type))
                    .hear(asked);
        }
    }

    @Override
    public synchronized void onEnd(XdsConversation ended) {
        if (ended.equals(conversation)) {
            conversation = null;
            asking.clear();
        }
    }

    private SortedMap<String, Any> held(String type) {
        return held.getOrDefault(type, new TreeMap<>());
    }

    private static boolean isWildcard(String type) {
        return ResourceType.find(type).map(ResourceType::legacyWildcard).orElse(false);
    }

    /** One type on the stream. */
    private abstract class Asking {
        final String type;
        final Set<String> names = new TreeSet<>();
        private final Set<String> open = new TreeSet<>();
        String nonce = "";
        boolean wildcard;

        Asking(String type) {
            this.type = type;
        }

        abstract void hear(Asked asked);

        /** Sends what has changed. */
        abstract void offer();

        boolean isOpen() {
            return !open.isEmpty();
        }

        /** Whether the request answers a response. */
        boolean answers(Asked asked) {
            if (!open.remove(asked.nonce())) {
                return false;
            }
            asked.error()
                    .ifPresent(error ->
                            refusals.merge(type, error, (before, more) -> before + "\n" + more));
            return true;
        }

        /** Nothing but the next response will be answered. */
        void supersede() {
            open.clear();
        }

        String next() {
            nonce = Integer.toString(++sent);
            open.add(nonce);
            return nonce;
        }
    }

    /** The state of the world. */
    private final class States extends Asking {
        private Optional<SortedMap<String, Any>> last = Optional.empty();

        States(String type) {
            super(type);
        }

        @Override
        void hear(Asked asked) {
            if (!asked.nonce().equals(nonce)) {
                return; // Of a response that another one followed.
            }
            boolean isAnswer = answers(asked);
            boolean same = names.equals(new TreeSet<>(asked.names()));
            names.clear();
            names.addAll(asked.names());
            wildcard = isWildcard(type) && (names.isEmpty() || names.contains("*"));
            if (!isAnswer || !same) {
                // Asked again: a cluster that warms anew wants its endpoints, changed or not.
                last = Optional.empty();
            }
            offer();
        }

        @Override
        void offer() {
            var state = new TreeMap<>(held(type));
            if (!wildcard) {
                state.keySet().retainAll(names);
            }
            if (conversation == null
                    || last.equals(Optional.of(state))
                    || (!wildcard && state.isEmpty())) {
                return;
            }
            last = Optional.of(state);
            supersede();
            conversation.send(
                    DiscoveryResponse.newBuilder()
                            .setTypeUrl(type)
                            .addAllResources(state.values())
                            .setNonce(next())
                            .setVersionInfo("v" + nonce)
                            .build());
        }
    }

    /** Delta. */
    private final class Changes extends Asking {
        private final Map<String, Any> given = new HashMap<>();
        private boolean hasBegun;

        Changes(String type) {
            super(type);
        }

        @Override
        void hear(Asked asked) {
            answers(asked);
            if (!hasBegun) {
                wildcard = isWildcard(type) && asked.names().isEmpty();
            }
            for (String name : asked.names()) {
                wildcard |= name.equals("*");
                names.add(name);
                given.remove(name);
            }
            asked.dropped()
                    .forEach(name -> {
                        names.remove(name);
                        given.remove(name);
                    });
            var missing = new ArrayList<>(asked.names());
            missing.removeAll(held(type).keySet());
            missing.remove("*");
            send(missing);
        }

        @Override
        void offer() {
            send(List.of());
        }

        private void send(List<String> missing) {
            var changed = new ArrayList<Resource>();
            held(type)
                    .forEach((name, resource) -> {
                        if ((wildcard || names.contains(name))
                                && !resource.equals(given.get(name))) {
                            changed.add(
                                    Resource.newBuilder()
                                            .setName(name)
                                            .setVersion(Integer.toHexString(resource.hashCode()))
                                            .setResource(resource)
                                            .build());
                            given.put(name, resource);
                        }
                    });
            var removed = new TreeSet<>(given.keySet());
            removed.removeAll(held(type).keySet());
            given.keySet().removeAll(removed);
            removed.addAll(missing);
            boolean isFirst = wildcard && !hasBegun;
            hasBegun = true;
            if (conversation == null || (changed.isEmpty() && removed.isEmpty() && !isFirst)) {
                return;
            }
            conversation.send(
                    DeltaDiscoveryResponse.newBuilder()
                            .setTypeUrl(type)
                            .addAllResources(changed)
                            .addAllRemovedResources(removed)
                            .setNonce(next())
                            .setSystemVersionInfo("v" + nonce)
                            .build());
        }
    }
}
