// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * {@code envoy.config.core.v3.HealthCheck} with its defaults resolved (5.8).
 *
 * @param altPort replaces the endpoint's port
 * @param transportSocketMatch chooses the cluster's transport socket in the host's place
 * @param alpn offered instead of the cluster's protocols; empty for those
 * @param eventLogPaths files that hear of every change
 */
public record HealthCheckConfig(
        Check check,
        Duration timeout,
        Intervals intervals,
        int unhealthyThreshold,
        int healthyThreshold,
        OptionalInt altPort,
        boolean reuseConnection,
        Optional<MetadataValue.Struct> transportSocketMatch,
        List<String> alpn,
        List<String> eventLogPaths,
        boolean alwaysLogFailures,
        boolean alwaysLogSuccess) {
    public HealthCheckConfig {
        alpn = List.copyOf(alpn);
        eventLogPaths = List.copyOf(eventLogPaths);
    }

    /**
     * @param jitterPercent of the interval it is added to
     */
    public record Intervals(
            Duration interval,
            Duration noTraffic,
            Duration noTrafficHealthy,
            Duration unhealthy,
            Duration unhealthyEdge,
            Duration healthyEdge,
            Duration initialJitter,
            Duration jitter,
            int jitterPercent) {}

    /** What is asked. */
    public sealed interface Check {
        /**
         * @param http2 whether it is asked over HTTP/2
         * @param host empty: the endpoint's or the cluster's name
         * @param send a body, one character for each byte; empty for none
         * @param receive parts of the answer's body, in this order, one character for each byte
         * @param responseBufferSize how much of a body is looked at; 0 for all of it
         * @param expected half-open ranges; never empty
         */
        record Http(
                boolean http2,
                String method,
                String host,
                String path,
                HeaderEdits headers,
                String send,
                List<String> receive,
                long responseBufferSize,
                List<StatusRange> expected,
                List<StatusRange> retriable,
                Optional<RouteMatchConfig.ValueMatch> serviceName)
                implements Check {
            public Http {
                receive = List.copyOf(receive);
                expected = List.copyOf(expected);
                retriable = List.copyOf(retriable);
            }
        }

        /**
         * {@code grpc.health.v1.Health/Check}.
         *
         * @param serviceName whose health is asked for; empty for the server's
         * @param authority empty: the endpoint's or the cluster's name
         * @param metadata of the request
         */
        record Grpc(String serviceName, String authority, HeaderEdits metadata) implements Check {}

        /**
         * @param send one character for each byte
         * @param receive what has to be in the answer, in this order; empty: connecting is enough
         */
        record Tcp(String send, List<String> receive) implements Check {
            public Tcp {
                receive = List.copyOf(receive);
            }
        }
    }

    /** From, included, to, excluded. */
    public record StatusRange(int start, int end) {
        public boolean contains(int status) {
            return status >= start && status < end;
        }
    }
}
