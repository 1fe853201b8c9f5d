// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.contender;

import java.io.IOException;
import java.nio.file.Path;

/** Stock Envoy with one worker; everybody else's figures are ratios to it. */
public final class EnvoyContender implements Contender {

    /** Its key in the results. */
    public static final String NAME = "envoy";

    private final Path binary;

    public EnvoyContender(Path binary) {
        this.binary = binary;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String version() throws IOException, InterruptedException {
        return Command.firstLineWith("version", binary.toString(), "--version");
    }

    @Override
    public WarmUpNeed warmUpNeed() {
        return WarmUpNeed.BRIEF;
    }

    @Override
    public Launch launch(Site site) throws IOException {
        var bootstrap = EnvoyBootstrap.write(site);
        return Launch.of(
                binary.toString(),
                "-c",
                bootstrap.toString(),
                "--concurrency",
                "1",
                "--use-dynamic-base-id",
                "-l",
                "warning");
    }
}
