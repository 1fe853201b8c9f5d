// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.ads.Simulation.Faults;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients of both variants on one server through reconnections, slow reading, refusals and crashes:
 * never a missed, duplicated, out-of-order or unsolicited resource, no route to a cluster that
 * cannot serve, no cluster gone that a route leads to, and at the end everything is there. A seed
 * that fails is a case to keep.
 */
class SimulationTest {
    static LongStream seeds() {
        return LongStream.range(0, Long.getLong("simulation.seeds", 40));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void nothingBreaksWhileClientsLikeWhatTheyGet(long seed) {
        run(seed, new Faults(false, false, false, true));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void nothingBreaksThroughReconnectionsAndCrashes(long seed) {
        run(seed, new Faults(false, true, true, true));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void refusalsAreNeverRepeatedAndTheRestGoesOn(long seed) {
        run(seed, new Faults(true, true, true, true));
    }

    private static void run(long seed, Faults faults) {
        var simulation = new Simulation(seed, faults);
        for (int i = 0; i < 2; i++) {
            simulation.clients.add(new SimulatedDeltaClient(simulation, "delta" + i));
            simulation.clients.add(new SimulatedSotwClient(simulation, "sotw" + i));
        }
        simulation.run();
    }
}
