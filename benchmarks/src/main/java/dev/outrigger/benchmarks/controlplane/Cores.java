// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.controlplane;

/** Which core is whose. */
final class Cores {
    /** The control plane alone, its garbage collection and compilation included. */
    static final int SERVER = 1;

    /** Clients, Envoy, traffic, and this program. */
    static final int LOAD = 0;

    private Cores() {}
}
