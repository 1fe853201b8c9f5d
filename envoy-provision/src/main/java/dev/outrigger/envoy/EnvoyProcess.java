// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.envoy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/** A running Envoy, or one that has ended. Any thread. */
public interface EnvoyProcess extends AutoCloseable {

    /**
     * Starts a command of this machine, Envoy or what takes its command line, with both outputs
     * appended to the log file.
     */
    static EnvoyProcess start(List<String> command, Path workdir, Path log) throws IOException {
        return LocalEnvoyProcess.start(command, workdir, log);
    }

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
