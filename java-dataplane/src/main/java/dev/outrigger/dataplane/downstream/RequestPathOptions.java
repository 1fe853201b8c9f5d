// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.runtime.RuntimeLayers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What the process decides about the request path, apart from configuration.
 *
 * @param workers event loops, at least 1 (Envoy's {@code --concurrency})
 * @param transport which of Netty's transports to use
 * @param clock wall clock, for the access log and the {@code date} header
 * @param nanoTime monotonic clock
 * @param randoms makes the random source of each worker from its index
 * @param drainTime how long the drain of a removed listener may take ({@code --drain-time-s})
 * @param gradualDrain whether connections are closed with a growing probability during {@code
 *     drainTime} ({@code --drain-strategy gradual}) or at once
 * @param fileFlushInterval how often access log files are flushed ({@code
 *     --file-flush-interval-msec})
 * @param fileFlushMinSizeBytes what is written before that time ({@code --file-flush-min-size-kb})
 * @param serviceCluster the node's cluster; may be empty
 * @param serviceNode the node's id; may be empty
 * @param runtime values that override configuration
 */
public record RequestPathOptions(
        int workers,
        Transport transport,
        InstantSource clock,
        LongSupplier nanoTime,
        LongFunction<RandomGenerator> randoms,
        Duration drainTime,
        boolean gradualDrain,
        Duration fileFlushInterval,
        int fileFlushMinSizeBytes,
        String serviceCluster,
        String serviceNode,
        RuntimeLayers runtime) {

    /** Netty's transports that serve here. */
    public enum Transport {
        /** Epoll where it is available, else NIO. */
        AUTO,
        EPOLL,
        NIO
    }

    public RequestPathOptions {
        if (workers < 1) {
            throw new IllegalArgumentException("workers: " + workers + " (expected: 1 or more)");
        }
    }

    /** The process's own clocks and randomness and Envoy's defaults. */
    public static RequestPathOptions defaults(int workers) {
        return new RequestPathOptions(
                workers,
                Transport.AUTO,
                InstantSource.system(),
                System::nanoTime,
                index -> RandomGenerator.of("Xoroshiro128PlusPlus"),
                Duration.ofSeconds(600),
                true,
                Duration.ofSeconds(10),
                64 << 10,
                "",
                "",
                RuntimeLayers.none());
    }
}
