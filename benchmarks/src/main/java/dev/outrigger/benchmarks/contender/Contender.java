// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.contender;

import dev.outrigger.benchmarks.load.Line;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A proxy that takes part: knows how to configure and start itself, nothing about measuring. */
public interface Contender {

    /** Key in the results: lower case, unique in a run. */
    String name();

    /** Version and origin, for the record. */
    String version() throws IOException, InterruptedException;

    /** Whether its code gets faster while it runs. */
    WarmUpNeed warmUpNeed();

    /** Why it cannot take part in a line, or with such surroundings; empty if it can. */
    default Optional<String> objection(Line line, Surroundings surroundings) {
        return Optional.empty();
    }

    /** Writes the configuration into the site's folder and tells how to start. */
    Launch launch(Site site) throws IOException;

    /**
     * What has to happen once before instances are started (an AOT cache, for one). Nothing by
     * default.
     */
    default void prepare(Workbench workbench) throws IOException, InterruptedException {}

    /** How long a proxy has to run before its figures count. */
    enum WarmUpNeed {
        /** Ahead-of-time compiled: a moment for caches and connections. */
        BRIEF,
        /** Compiles while it runs: until successive windows agree. */
        UNTIL_STEADY
    }

    /** A command line with its environment. */
    record Launch(List<String> command, Map<String, String> environment) {
        public Launch {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }

        /** With the environment of this process. */
        public static Launch of(String... command) {
            return new Launch(List.of(command), Map.of());
        }
    }
}
