// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.contender;

import dev.outrigger.benchmarks.load.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** HAProxy with one thread. */
public final class HaproxyContender implements Contender {

    private final Path binary;

    public HaproxyContender(Path binary) {
        this.binary = binary;
    }

    @Override
    public String name() {
        return "haproxy";
    }

    @Override
    public String version() throws IOException, InterruptedException {
        return Command.firstLineWith("version", binary.toString(), "-v");
    }

    @Override
    public WarmUpNeed warmUpNeed() {
        return WarmUpNeed.BRIEF;
    }

    @Override
    public Optional<String> objection(Line line, Surroundings surroundings) {
        if (surroundings.isSwapped()) {
            return Optional.of("takes new routes by a new process only");
        }
        return surroundings.idleConnections() > HaproxyConfig.MOST_IDLE
                ? Optional.of("sets two files aside for each connection: too many")
                : Optional.empty();
    }

    @Override
    public Launch launch(Site site) throws IOException {
        var file = site.folder().resolve("haproxy.cfg");
        HaproxyConfig.writeServices(site);
        Files.writeString(file, HaproxyConfig.text(site));
        return Launch.of(binary.toString(), "-db", "-f", file.toString());
    }
}
