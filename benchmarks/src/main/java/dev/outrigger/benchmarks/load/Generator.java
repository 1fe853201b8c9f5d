// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.load;

import java.io.IOException;

/** Makes load against a port of this machine. Runs on the core the caller is pinned to. */
public interface Generator {

    /** Name and version, for the record. */
    String description();

    /** Offers the load and returns when it has ended. */
    LoadResult run(int port, RequestProfile request, LoadShape shape, LoadLimit limit)
            throws IOException, InterruptedException;
}
