// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.config.Metadata;
import dev.outrigger.dataplane.config.MetadataCriteria;
import dev.outrigger.dataplane.config.MetadataValue;
import dev.outrigger.dataplane.config.RetryPolicyConfig.RetryHostPredicate;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.Protocol;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.StreamInfo;
import dev.outrigger.dataplane.route.HashPolicy;
import dev.outrigger.dataplane.route.RetryPolicy;
import dev.outrigger.dataplane.route.Route;
import dev.outrigger.dataplane.upstream.Host;
import dev.outrigger.dataplane.upstream.HostSet;
import dev.outrigger.dataplane.upstream.LoadBalancerContext;
import dev.outrigger.dataplane.upstream.PriorityLoad;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one exchange tells the load balancer: the hash of the route's policies, the metadata it
 * wants, and on retries which hosts and priorities to stay away from (RT16, RT17). Reused; confined
 * to its event loop.
 */
final class HostSelection implements LoadBalancerContext {
    private final HashPolicy.Result hash = new HashPolicy.Result();
    private final List<Host> attempted = new ArrayList<>();
    private final List<Integer> attemptedPriorities = new ArrayList<>();
    private final List<String> setCookies = new ArrayList<>();
    private final StreamInfo info;
    private @Nullable Route route;
    private @Nullable RequestHead head;
    private @Nullable MetadataCriteria metadata;
    private @Nullable MetadataCriteria dynamic;
    private RetryPolicy policy = RetryPolicy.NONE;
    private boolean retrying;
    private boolean hashed;
    private boolean[] excluded = {};
    private @Nullable PriorityLoad load;
    private int chosenPriority;

    HostSelection(StreamInfo info) {
        this.info = info;
    }

    /** Begins an exchange. */
    void begin(Route matched, RequestHead request, @Nullable MetadataCriteria criteria) {
        route = matched;
        head = request;
        dynamic = dynamicCriteria(info.dynamicMetadata().find(Metadata.LB));
        metadata =
                criteria == null
                        ? dynamic
                        : dynamic == null ? criteria : criteria.mergedWith(dynamic);
        RetryPolicy of = matched.retryPolicy();
        policy = of == null ? RetryPolicy.NONE : of;
        retrying = false;
    }

    private static @Nullable MetadataCriteria dynamicCriteria(MetadataValue.@Nullable Struct said) {
        return said == null ? null : MetadataCriteria.of(said);
    }

    /** What filters want of hosts, which is asked of copies as well (S4). */
    @Nullable MetadataCriteria dynamicCriteria() {
        return dynamic;
    }

    /** Begins the choice of a host for one attempt. */
    void nextAttempt(boolean isRetry) {
        retrying = isRetry;
        hashed = false;
        hash.reset();
    }

    /** Adds the cookies that were made for the hash to the response. */
    void addCookies(HeaderBlock response) {
        for (String cookie : setCookies) {
            response.add(SET_COOKIE, Ascii.bytes(cookie));
        }
    }

    private static final byte[] SET_COOKIE = Ascii.bytes("set-cookie");

    /** A host was tried, with success or not. */
    void onHostAttempted(Host host) {
        if (policy.previousPriorities() > 0) {
            attemptedPriorities.add(chosenPriority);
        }
        if (!policy.hostPredicates().isEmpty()) {
            attempted.add(host);
        }
    }

    void end() {
        attempted.clear();
        attemptedPriorities.clear();
        setCookies.clear();
        route = null;
        head = null;
        metadata = null;
        dynamic = null;
        excluded = new boolean[0];
        load = null;
    }

    @Override
    public boolean hasHash() {
        if (!hashed && route != null && head != null) {
            hashed = true;
            route.hashPolicy().hash(head, info, hash, setCookies::add);
        }
        return hash.isPresent();
    }

    @Override
    public long hash() {
        return hash.hash();
    }

    @Override
    public @Nullable MetadataCriteria metadataCriteria() {
        return metadata;
    }

    @Override
    public boolean shouldSelectAnotherHost(Host host) {
        if (!retrying) {
            return false;
        }
        for (RetryHostPredicate predicate : policy.hostPredicates()) {
            boolean rejected =
                    switch (predicate) {
                        case RetryHostPredicate.PreviousHosts() -> attempted.contains(host);
                        case RetryHostPredicate.OmitCanaryHosts() -> host.isCanary();
                        case RetryHostPredicate.OmitHostMetadata(var wanted) ->
                                wanted.isMetBy(host.metadata().of(Metadata.LB));
                    };
            if (rejected) {
                return true;
            }
        }
        return false;
    }

    @Override
    public int hostSelectionRetryCount() {
        return retrying ? policy.hostSelectionAttempts() : 1;
    }

    @Override
    public PriorityLoad determinePriorityLoad(HostSet hosts, PriorityLoad original) {
        int frequency = policy.previousPriorities();
        if (!retrying || frequency == 0 || attemptedPriorities.size() < frequency) {
            return original;
        }
        if (attemptedPriorities.size() % frequency == 0) {
            leaveOutAttempted(hosts, original.priorities());
        }
        return load == null ? original : load;
    }

    /** When no other priority can take anything, all count again. */
    private void leaveOutAttempted(HostSet hosts, int priorities) {
        if (excluded.length != priorities) {
            excluded = new boolean[priorities];
        }
        for (int priority : attemptedPriorities) {
            if (priority < priorities) {
                excluded[priority] = true;
            }
        }
        load = hosts.loadWithout(excluded);
        if (load == null) {
            excluded = new boolean[priorities];
            attemptedPriorities.clear();
            load = hosts.loadWithout(excluded);
        }
    }

    @Override
    public void onHostChosen(Host host, int priority) {
        chosenPriority = priority;
    }

    @Override
    public @Nullable String requestHeader(String name) {
        if (head == null) {
            return null;
        }
        HeaderBlock headers = head.headers();
        int entry = headers.find(Ascii.bytes(name), 0);
        return entry < 0 ? null : headers.value(entry);
    }

    @Override
    public @Nullable MetadataValue requestMetadata(List<String> path) {
        return info.dynamicMetadata().find(path.getFirst(), path.subList(1, path.size()));
    }

    @Override
    public boolean isDownstreamHttp2() {
        return info.protocol() == Protocol.HTTP_2;
    }

    @Override
    public @Nullable InetSocketAddress originalDestination() {
        return info.connection().originalDestination();
    }

    @Override
    public @Nullable ConnectionInfo connection() {
        return info.findConnection();
    }

    @Override
    public Object downstreamConnection() {
        return info.connection();
    }
}
