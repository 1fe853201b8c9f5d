// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

/** A connection stats go over as lines, which is made when the first are sent. Any thread. */
public interface StatsConnection extends AutoCloseable {
    /** Sends lines in order; they are lost where nobody takes them. */
    void send(String lines);

    @Override
    void close();
}
