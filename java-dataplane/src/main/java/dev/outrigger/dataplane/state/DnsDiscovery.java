// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.ads.NameResolver;
import dev.outrigger.dataplane.config.ClusterConfig.Discovery.Dns;
import dev.outrigger.dataplane.config.ClusterConfig.DnsBackoff;
import dev.outrigger.dataplane.config.ClusterConfig.DnsLookupFamily;
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
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the hosts of a cluster that names them. STRICT_DNS (CL2): every address of every name is a
 * host; each name is looked up on its own; an empty answer removes its hosts, a failed look-up
 * keeps them. LOGICAL_DNS (CL3): the first address of the one name is the host; without an address
 * the last one stays. Main loop only.
 */
final class DnsDiscovery {
    /** A TTL below would otherwise mean asking nearly without a pause. */
    private static final Duration SHORTEST_REFRESH = Duration.ofSeconds(1);

    private final MainLoop loop;
    private final NameResolver resolver;
    private final RandomGenerator random;
    private final Dns dns;
    private final EndpointAssignment names;
    private final Listener listener;
    private final Map<String, List<InetAddress>> answers = new HashMap<>();
    private final Map<String, MainLoop.Timer> timers = new HashMap<>();
    private final Map<String, Duration> backoffs = new HashMap<>();
    private boolean closed;

    DnsDiscovery(
            MainLoop loop,
            NameResolver resolver,
            RandomGenerator random,
            Dns dns,
            EndpointAssignment names,
            Listener listener) {
        this.loop = loop;
        this.resolver = resolver;
        this.random = random;
        this.dns = dns;
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
        var options = dns.options();
        resolver.resolve(
                new NameResolver.Query(
                        host, options.lookupFamily(), options.resolver(), options.respectDnsTtl()),
                answer -> onAnswer(host, answer));
    }

    private void onAnswer(String host, NameResolver.Answer answer) {
        if (closed) {
            return;
        }
        Duration next =
                switch (answer) {
                    case NameResolver.Answer.Failed(var reason) -> {
                        listener.onFailure(host, reason);
                        yield afterFailure(host);
                    }
                    case NameResolver.Answer.Found(var addresses, var ttl) -> {
                        if (dns.logical() && addresses.isEmpty()) {
                            listener.onFailure(host, "no address");
                            yield afterFailure(host);
                        }
                        found(host, addresses);
                        yield afterSuccess(ttl);
                    }
                };
        long jitter = dns.options().jitter().toMillis();
        Duration delay = jitter == 0 ? next : next.plusMillis(random.nextLong(jitter));
        timers.put(host, loop.schedule(delay, () -> resolve(host)));
    }

    private void found(String host, List<InetAddress> addresses) {
        backoffs.remove(host);
        List<InetAddress> before = answers.put(host, addresses);
        // The order counts only where the first one is used.
        boolean same =
                before != null
                        && (dns.logical()
                                ? before.equals(addresses)
                                : new HashSet<>(before).equals(new HashSet<>(addresses)));
        if (same) {
            listener.onUnchanged();
        } else {
            listener.onUpdate(assemble());
        }
    }

    private Duration afterSuccess(Optional<Duration> ttl) {
        var options = dns.options();
        if (options.respectDnsTtl() && ttl.isPresent() && !ttl.get().isZero()) {
            return ttl.get().compareTo(SHORTEST_REFRESH) < 0 ? SHORTEST_REFRESH : ttl.get();
        }
        return options.refreshRate();
    }

    private Duration afterFailure(String host) {
        Optional<DnsBackoff> backoff = dns.options().failureRefreshRate();
        if (backoff.isEmpty()) {
            return dns.options().refreshRate();
        }
        Duration window = backoffs.getOrDefault(host, backoff.get().baseInterval());
        Duration twice = window.multipliedBy(2);
        Duration longest = backoff.get().maxInterval();
        backoffs.put(host, twice.compareTo(longest) > 0 ? longest : twice);
        return Duration.ofMillis(Math.max(1, random.nextLong(Math.max(1, window.toMillis()))));
    }

    /** The configured assignment with every name replaced by its addresses. */
    private EndpointAssignment assemble() {
        var localities = new ArrayList<LocalityEndpoints>();
        for (LocalityEndpoints locality : names.localities()) {
            var endpoints = new ArrayList<Endpoint>();
            Set<InetSocketAddress> seen = new HashSet<>();
            for (Endpoint endpoint : locality.endpoints()) {
                for (Endpoint resolved : resolved(endpoint)) {
                    if (seen.add(resolved.address())) {
                        endpoints.add(resolved);
                    }
                }
            }
            localities.add(locality.withEndpoints(endpoints));
        }
        return names.withLocalities(localities);
    }

    private List<Endpoint> resolved(Endpoint endpoint) {
        var address = endpoint.address();
        if (!address.isUnresolved()) {
            return List.of(endpoint);
        }
        @Nullable List<InetAddress> found = answers.get(address.getHostString());
        if (found == null || found.isEmpty()) {
            return List.of();
        }
        String hostname =
                endpoint.hostname().isEmpty() ? address.getHostString() : endpoint.hostname();
        List<Endpoint> all =
                found.stream()
                        .map(ip ->
                                endpoint.at(new InetSocketAddress(ip, address.getPort()), hostname))
                        .toList();
        if (!dns.logical()) {
            return all;
        }
        boolean several =
                dns.options().allAddressesInSingleEndpoint()
                        || dns.options().lookupFamily() == DnsLookupFamily.ALL;
        return List.of(
                several
                        ? all.getFirst()
                                .withAdditionalAddresses(
                                        all.stream().skip(1).map(Endpoint::address).toList())
                        : all.getFirst());
    }

    /** What the cluster wants to hear. */
    interface Listener {
        void onAttempt();

        void onUpdate(EndpointAssignment assignment);

        void onUnchanged();

        void onFailure(String host, String reason);
    }
}
