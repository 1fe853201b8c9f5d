// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.xds.resource.ResourceType;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a client subscribes to, refuses and answers late, and whatever is published meanwhile:
 * in the end it has exactly what it asked for, and it was never sent anything else. A seed that
 * fails is a case to keep.
 */
class ConvergenceTest {
    static LongStream seeds() {
        return LongStream.range(0, 1_000);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aDeltaClientEndsWithWhatItAskedFor(long seed) throws Exception {
        var world = new ConvergenceWorld(new Random(seed));
        var client = new ConvergingDeltaClient(world);
        world.run(client);

        for (ResourceType type : ConvergenceWorld.TYPES) {
            if (client.started(type)) {
                assertThat(client.has(type))
                        .as("seed %s, %s", seed, type)
                        .isEqualTo(world.published(type, client.wants(type)));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aStateOfTheWorldClientEndsWithWhatItAskedFor(long seed) throws Exception {
        var world = new ConvergenceWorld(new Random(seed));
        var client = new ConvergingSotwClient(world);
        world.run(client);

        for (ResourceType type : ConvergenceWorld.TYPES) {
            if (client.started(type)) {
                var has = new TreeMap<>(client.has(type));
                if (!type.fullState()) {
                    // The variant cannot say that these are gone; what exists must be right.
                    has.keySet().retainAll(world.snapshots.contents(type).keySet());
                }
                assertThat(has)
                        .as("seed %s, %s", seed, type)
                        .isEqualTo(world.published(type, client.wants(type)));
            }
        }
    }
}
