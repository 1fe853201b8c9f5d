// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.proxy;

import java.io.IOException;
import java.nio.file.Path;

/** A proxy that takes Envoy's command line and bootstrap. Immutable; any thread. */
public interface ProxyUnderTest {

    /** How reports call it. */
    String name();

    /** Which of the control plane's bootstraps it takes: {@code envoy} or {@code java}. */
    String flavor();

    /**
     * Starts it with the bootstrap and waits until it is live.
     *
     * @throws IOException when it does not become live; the message holds what it printed
     */
    RunningProxy start(Path bootstrap, Path workdir) throws IOException;

    /** What {@code --mode validate} says about the bootstrap. */
    Verdict validate(Path bootstrap, Path workdir) throws IOException;

    /** The end of a validation: the exit code and everything printed. */
    record Verdict(int exitCode, String output) {}
}
