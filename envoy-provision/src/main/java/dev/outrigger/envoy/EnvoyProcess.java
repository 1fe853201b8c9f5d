// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.envoy;

import java.time.Duration;
import java.util.OptionalInt;

/** A running Envoy, or one that has ended. Any thread. */
public interface EnvoyProcess extends AutoCloseable {

    boolean isAlive();

    /** The exit code, once ended; 128 + the signal's number when a signal ended it. */
    OptionalInt exitCode();

    /** Waits until it has ended; false when it still runs after the limit or on interruption. */
    boolean awaitExit(Duration limit);

    /** Asks it to end (SIGTERM) and, when it still runs after the grace period, ends it. */
    void stop(Duration grace);

    /** Ends it; does nothing when it has ended. */
    @Override
    default void close() {
        stop(Duration.ofSeconds(5));
    }
}
