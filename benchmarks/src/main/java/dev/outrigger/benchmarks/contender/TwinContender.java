// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.contender;

import dev.outrigger.benchmarks.load.Line;
import java.io.IOException;
import java.util.Optional;

/**
 * A second instance of another contender under a name of its own: the A/A check. Where the two
 * differ, the run measures noise.
 */
public final class TwinContender implements Contender {

    private final Contender original;

    public TwinContender(Contender original) {
        this.original = original;
    }

    /** Name of the contender this one is a copy of. */
    public String originalName() {
        return original.name();
    }

    @Override
    public String name() {
        return original.name() + "-twin";
    }

    @Override
    public String version() throws IOException, InterruptedException {
        return original.version();
    }

    @Override
    public WarmUpNeed warmUpNeed() {
        return original.warmUpNeed();
    }

    @Override
    public Optional<String> objection(Line line, Surroundings surroundings) {
        return original.objection(line, surroundings);
    }

    @Override
    public Launch launch(Site site) throws IOException {
        return original.launch(site);
    }
}
