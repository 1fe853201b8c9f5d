// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.envoy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A stock Envoy that can be started: an executable of this machine or a container image. Immutable;
 * any thread.
 */
public sealed interface Envoy permits EnvoyBinary, EnvoyContainer {

    EnvoyVersion version();

    Origin origin();

    /** The path of the executable, or the name of the image. */
    String location();

    /**
     * The command line that runs this Envoy with the arguments in the working directory, for those
     * who start processes themselves and for printing. A container sees only the working directory
     * of the machine's files, under the same path, and shares its network.
     */
    List<String> command(List<String> args, Path workdir);

    /**
     * Starts Envoy with the arguments, both its outputs going to the log file. The caller closes
     * what is returned, which ends the process.
     */
    EnvoyProcess start(List<String> args, Path workdir, Path log) throws IOException;

    /** Version and origin in one line, for printing. */
    default String describe() {
        return "Envoy " + version() + " (" + origin().text() + ": " + location() + ")";
    }
}
