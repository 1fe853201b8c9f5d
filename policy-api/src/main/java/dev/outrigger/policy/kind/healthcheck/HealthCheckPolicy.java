// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.healthcheck;

import dev.outrigger.policy.model.TrafficBlock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * How each proxy asks the hosts of a service whether they are well.
 *
 * @param interval between two checks of a host that is well
 * @param unhealthyInterval between two checks of a host that is not; absent means {@code interval}
 * @param noTrafficInterval as long as the proxy has sent the service nothing
 * @param unhealthyThreshold failures in a row after which a host gets no requests
 * @param healthyThreshold successes in a row after which it gets requests again; the first check of
 *     a host alone decides
 * @param reuseConnection whether checks of a host share a connection
 */
public record HealthCheckPolicy(
        Duration interval,
        Duration timeout,
        Optional<Duration> unhealthyInterval,
        Duration noTrafficInterval,
        int unhealthyThreshold,
        int healthyThreshold,
        boolean reuseConnection,
        Check check)
        implements TrafficBlock {
    /** What is asked. */
    public sealed interface Check {
        /**
         * @param host the Host header; absent means the service's name
         * @param expectedStatuses what counts as well; empty means 200
         */
        record Http(
                String path,
                String method,
                Optional<String> host,
                SortedSet<Integer> expectedStatuses)
                implements Check {
            public Http {
                expectedStatuses =
                        java.util.Collections.unmodifiableSortedSet(
                                new TreeSet<>(expectedStatuses));
            }
        }

        /**
         * Whether a connection can be made, and what is answered on it.
         *
         * @param receive texts that must occur in the answer, in this order
         */
        record Tcp(Optional<String> send, List<String> receive) implements Check {
            public Tcp {
                receive = List.copyOf(receive);
            }
        }

        /** grpc.health.v1. */
        record Grpc(Optional<String> service) implements Check {}
    }

    @Override
    public String blockName() {
        return "healthCheck";
    }

    @Override
    public Scope scope() {
        return Scope.CLUSTER;
    }
}
