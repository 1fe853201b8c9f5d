// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.controlplane;

import java.io.IOException;
import java.nio.file.Path;

/** A control plane that takes part. */
interface Contender {
    String name();

    String version();

    /**
     * Starts it with nobody connected.
     *
     * @param content what it serves
     * @param folder empty, for its files
     */
    Running start(Content content, Path folder) throws IOException, InterruptedException;

    /** A started contender. Changes return when they have been accepted, not when they are out. */
    interface Running extends AutoCloseable {
        ProcessHandle process();

        int port();

        /** Changes one cluster, by a marker in it, and its endpoints. */
        void changeCluster(String marker, int port) throws IOException, InterruptedException;

        /** Changes the endpoints of one service. */
        void changeEndpoints(int port) throws IOException, InterruptedException;

        /** Adds a host name that leads to a new cluster. */
        void addHost(String domain, int upstream) throws IOException, InterruptedException;

        /** Leads a host name to a new cluster, and removes the one it led to before. */
        void moveHost(String domain, String cluster, int upstream)
                throws IOException, InterruptedException;

        @Override
        void close();
    }
}
