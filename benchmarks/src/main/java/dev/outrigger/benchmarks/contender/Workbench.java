// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.contender;

import dev.outrigger.benchmarks.load.Line;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What a contender may use while it prepares: a folder that survives runs, and a proxied load for
 * training.
 */
public interface Workbench {

    /** What is measured. */
    Line line();

    /** Kept between runs. */
    Path cacheFolder();

    /**
     * Starts the launch made for a site, sends it requests until it has seen all of its usual path,
     * and stops it.
     */
    void train(SiteLaunch launch) throws IOException, InterruptedException;

    /** Makes a launch for a site. */
    interface SiteLaunch {
        Contender.Launch at(Site site) throws IOException;
    }
}
