// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.controlplane;

import dev.outrigger.benchmarks.session.Session;

/** Entry point of {@code benchmarks/control-plane}. */
public final class ControlPlaneMain {
    private ControlPlaneMain() {}

    public static void main(String[] arguments) {
        Session.run(new ControlPlaneCommand(), arguments);
    }
}
