// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.ads.NameResolver;
import dev.outrigger.dataplane.config.ClusterConfig.Discovery.StrictDns;
import dev.outrigger.dataplane.config.EndpointAssignment;
import dev.outrigger.dataplane.config.EndpointAssignment.Endpoint;
import dev.outrigger.dataplane.config.EndpointAssignment.LocalityEndpoints;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the hosts of a STRICT_DNS cluster: every address of every name is a host (CL2). Each name
 * is looked up on its own; an empty answer removes its hosts, a failed look-up keeps them. Main
 * loop only.
 */
final class DnsDiscovery {
    /** A zero TTL would otherwise mean asking without a pause. */
    private static final Duration SHORTEST_REFRESH = Duration.ofSeconds(1);

    private final MainLoop loop;
    private final NameResolver resolver;
    private final StrictDns options;
    private final EndpointAssignment names;
    private final Listener listener;
    private final Map<String, Set<InetAddress>> answers = new HashMap<>();
    private final Map<String, MainLoop.Timer> timers = new HashMap<>();
    private boolean closed;

    DnsDiscovery(
            MainLoop loop,
            NameResolver resolver,
            StrictDns options,
            EndpointAssignment names,
            Listener listener) {
        this.loop = loop;
        this.resolver = resolver;
        this.options = options;
        this.names = names;
        this.listener = listener;
    }

    void start() {
        var hosts = new LinkedHashSet<String>();
        for (LocalityEndpoints locality : names.localities()) {
            for (Endpoint endpoint : locality.endpoints()) {
                if (endpoint.address().isUnresolved()) {
                    hosts.add(endpoint.address().getHostString());
                }
            }
        }
        if (hosts.isEmpty()) {
            listener.onUpdate(assemble());
            return;
        }
        hosts.forEach(this::resolve);
    }

    void close() {
        closed = true;
        timers.values().forEach(MainLoop.Timer::cancel);
        timers.clear();
    }

    private void resolve(String host) {
        listener.onAttempt();
        resolver.resolve(host, options.lookupFamily(), answer -> onAnswer(host, answer));
    }

    private void onAnswer(String host, NameResolver.Answer answer) {
        if (closed) {
            return;
        }
        Duration next =
                switch (answer) {
                    case NameResolver.Answer.Failed(var reason) -> {
                        listener.onFailure(host, reason);
                        yield options.refreshRate();
                    }
                    case NameResolver.Answer.Found(var addresses, var ttl) -> {
                        var before = answers.put(host, new LinkedHashSet<>(addresses));
                        if (before == null || !before.equals(new HashSet<>(addresses))) {
                            listener.onUpdate(assemble());
                        } else {
                            listener.onUnchanged();
                        }
                        yield options.respectDnsTtl()
                                ? ttl.orElse(options.refreshRate())
                                : options.refreshRate();
                    }
                };
        Duration delay = next.compareTo(SHORTEST_REFRESH) < 0 && !options.refreshRate().equals(next)
                        ? SHORTEST_REFRESH
                        : next;
        timers.put(host, loop.schedule(delay, () -> resolve(host)));
    }

    /** The configured assignment with every name replaced by its addresses. */
    private EndpointAssignment assemble() {
        var localities = new ArrayList<LocalityEndpoints>();
        for (LocalityEndpoints locality : names.localities()) {
            var endpoints = new ArrayList<Endpoint>();
            var seen = new HashSet<InetSocketAddress>();
            for (Endpoint endpoint : locality.endpoints()) {
                for (Endpoint resolved : resolved(endpoint)) {
                    if (seen.add(resolved.address())) {
                        endpoints.add(resolved);
                    }
                }
            }
            localities.add(
                    new LocalityEndpoints(
                            locality.region(),
                            locality.zone(),
                            locality.subZone(),
                            locality.priority(),
                            locality.weight(),
                            endpoints));
        }
        return new EndpointAssignment(localities, names.overprovisioningFactor());
    }

    private List<Endpoint> resolved(Endpoint endpoint) {
        var address = endpoint.address();
        if (!address.isUnresolved()) {
            return List.of(endpoint);
        }
        @Nullable Set<InetAddress> found = answers.get(address.getHostString());
        if (found == null) {
            return List.of();
        }
        String hostname =
                endpoint.hostname().isEmpty() ? address.getHostString() : endpoint.hostname();
        return found.stream()
                .map(
                        ip ->
                                new Endpoint(
                                        new InetSocketAddress(ip, address.getPort()),
                                        hostname,
                                        endpoint.weight(),
                                        endpoint.healthStatus()))
                .toList();
    }

    /** What the cluster wants to hear. */
    interface Listener {
        void onAttempt();

        void onUpdate(EndpointAssignment assignment);

        void onUnchanged();

        void onFailure(String host, String reason);
    }
}
