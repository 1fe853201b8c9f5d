// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.sessionaffinity;

import dev.outrigger.policy.model.TrafficBlock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What of a request is hashed, so that like requests go to the same host. Takes effect where the
 * service's load balancer goes by hashes ({@code ringHash}, {@code maglev}).
 */
public record SessionAffinityPolicy(List<Source> sources) implements TrafficBlock {
    public SessionAffinityPolicy {
        sources = List.copyOf(sources);
    }

    /**
     * One thing that is hashed.
     *
     * @param terminal whether the sources after it are left alone if this one yields something
     */
    public record Source(HashKey key, boolean terminal) {}

    /** Where the hashed value comes from. */
    public sealed interface HashKey {
        record Header(String name) implements HashKey {}

        /**
         * @param ttl how long a cookie lives that the proxy makes where there is none; zero ends it
         *     with the browser's session; absent means that none is made
         */
        record Cookie(String name, Optional<String> path, Optional<Duration> ttl)
                implements HashKey {}

        /** The caller's address. */
        record SourceIp() implements HashKey {}

        record QueryParameter(String name) implements HashKey {}
    }

    @Override
    public String blockName() {
        return "sessionAffinity";
    }

    @Override
    public Scope scope() {
        return Scope.ROUTE;
    }
}
