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
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private final Map<Target, List<InetAddress>> answers = new HashMap<>();
    private final Map<Target, MainLoop.Timer> timers = new HashMap<>();
    private final Map<Target, Duration> backoffs = new HashMap<>();
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

    /** One endpoint that is a name: each is asked for by itself, and counted, as in Envoy. */
    private record Target(String host, int index) {}

    void start() {
        var targets = new ArrayList<Target>();
        int index = 0;
        for (LocalityEndpoints locality : names.localities()) {
            for (Endpoint endpoint : locality.endpoints()) {
                if (endpoint.address().isUnresolved()) {
                    targets.add(new Target(endpoint.address().getHostString(), index));
                }
                index++;
            }
        }
        if (index == 0) {
            listener.onNothingToAsk();
            return;
        }
        if (targets.isEmpty()) {
            listener.onUpdate(assemble());
            return;
        }
        targets.forEach(this::resolve);
    }

    void close() {
        closed = true;
        timers.values().forEach(MainLoop.Timer::cancel);
        timers.clear();
    }

    private void resolve(Target target) {
        listener.onAttempt();
        var options = dns.options();
        resolver.resolve(
                new NameResolver.Query(
                        target.host(),
                        options.lookupFamily(),
                        options.resolver(),
                        options.respectDnsTtl()),
                answer -> onAnswer(target, answer));
    }

    private void onAnswer(Target target, NameResolver.Answer answer) {
        if (closed) {
            return;
        }
        Duration next =
                switch (answer) {
                    case NameResolver.Answer.Failed(var reason) -> {
                        listener.onFailure(target.host(), reason);
                        yield afterFailure(target);
                    }
                    case NameResolver.Answer.Found(var addresses, var ttl, _) -> {
                        if (dns.logical() && addresses.isEmpty()) {
                            listener.onFailure(target.host(), "no address");
                            yield afterFailure(target);
                        }
                        found(target, addresses);
                        yield afterSuccess(ttl);
                    }
                };
        long jitter = dns.options().jitter().toMillis();
        Duration delay = jitter == 0 ? next : next.plusMillis(random.nextLong(jitter));
        timers.put(target, loop.schedule(delay, () -> resolve(target)));
    }

    private void found(Target target, List<InetAddress> addresses) {
        backoffs.remove(target);
        List<InetAddress> before = answers.put(target, addresses);
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

    private Duration afterFailure(Target target) {
        Optional<DnsBackoff> backoff = dns.options().failureRefreshRate();
        if (backoff.isEmpty()) {
            return dns.options().refreshRate();
        }
        Duration window = backoffs.getOrDefault(target, backoff.get().baseInterval());
        Duration twice = window.multipliedBy(2);
        Duration longest = backoff.get().maxInterval();
        backoffs.put(target, twice.compareTo(longest) > 0 ? longest : twice);
        return Duration.ofMillis(Math.max(1, random.nextLong(Math.max(1, window.toMillis()))));
    }

    /** The configured assignment with every name replaced by its addresses. */
    private EndpointAssignment assemble() {
        var localities = new ArrayList<LocalityEndpoints>();
        int index = 0;
        for (LocalityEndpoints locality : names.localities()) {
            var endpoints = new ArrayList<Endpoint>();
            for (Endpoint endpoint : locality.endpoints()) {
                endpoints.addAll(resolved(endpoint, index));
                index++;
            }
            localities.add(locality.withEndpoints(endpoints));
        }
        return names.withLocalities(localities);
    }

    private List<Endpoint> resolved(Endpoint endpoint, int index) {
        var address = endpoint.address();
        if (!address.isUnresolved()) {
            return List.of(endpoint);
        }
        @Nullable List<InetAddress> found = answers.get(new Target(address.getHostString(), index));
        if (found == null || found.isEmpty()) {
            return List.of();
        }
        String hostname =
                endpoint.hostname().isEmpty() ? address.getHostString() : endpoint.hostname();
        List<Endpoint> all =
                found.stream()
                        .distinct()
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

        /** The cluster has no endpoints. */
        void onNothingToAsk();

        void onUpdate(EndpointAssignment assignment);

        void onUnchanged();

        void onFailure(String host, String reason);
    }
}
