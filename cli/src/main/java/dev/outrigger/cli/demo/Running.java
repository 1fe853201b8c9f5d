// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.demo;

import java.util.List;

/** A demo whose table is printed and whose parts still run. */
public record Running(DemoPorts ports, long controlPlanePid, List<Sidecar> sidecars) {
    public Running {
        sidecars = List.copyOf(sidecars);
    }
}
