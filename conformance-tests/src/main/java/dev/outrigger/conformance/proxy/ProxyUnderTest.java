// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.proxy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A proxy that takes Envoy's command line and bootstrap. Immutable; any thread. */
public interface ProxyUnderTest {
    /** How often access logs are written where their lines are read after each exchange. */
    Duration SOON = Duration.ofMillis(10);

    /** How reports call it. */
    String name();

    /** Which of the control plane's bootstraps it takes: {@code envoy} or {@code java}. */
    String flavor();

    /**
     * Starts it with the bootstrap and waits until it is live.
     *
     * @throws IOException when it does not become live; the message holds what it printed
     */
    default RunningProxy start(Path bootstrap, Path workdir) throws IOException {
        return start(bootstrap, workdir, SOON);
    }

    /**
     * The same where logs are read later. Envoy has a thread for each log file, and wakes each of
     * them that often: with hundreds of files that is most of what it does.
     *
     * @param logFlush how often access logs are written
     */
    RunningProxy start(Path bootstrap, Path workdir, Duration logFlush) throws IOException;

    /** What {@code --mode validate} says about the bootstrap. */
    Verdict validate(Path bootstrap, Path workdir) throws IOException;

    /** The end of a validation: the exit code and everything printed. */
    record Verdict(int exitCode, String output) {}
}
