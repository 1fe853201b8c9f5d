// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks;

import dev.outrigger.benchmarks.contender.Command;
import dev.outrigger.benchmarks.contender.Contender;
import dev.outrigger.benchmarks.contender.EnvoyContender;
import dev.outrigger.benchmarks.contender.HaproxyContender;
import dev.outrigger.benchmarks.contender.JavaDataplaneContender;
import dev.outrigger.benchmarks.contender.NginxContender;
import dev.outrigger.benchmarks.contender.Surroundings;
import dev.outrigger.benchmarks.contender.TwinContender;
import dev.outrigger.benchmarks.load.Line;
import dev.outrigger.envoy.EnvoyBinary;
import dev.outrigger.envoy.EnvoyContainer;
import dev.outrigger.envoy.EnvoyProvision;
import dev.outrigger.envoy.ProvisionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who takes part, and who was left out and why. */
final class Participants {

    private final List<Contender> contenders = new ArrayList<>();
    private final Map<String, String> leftOut = new LinkedHashMap<>();

    /** Adds the Java data plane if it has been built. */
    void addJava(Path java, Path libraries, List<String> flags, boolean aot) {
        if (Files.isDirectory(libraries)) {
            contenders.add(new JavaDataplaneContender(java, libraries, flags, aot));
        } else {
            leftOut.put(JavaDataplaneContender.NAME, "not built: no folder " + libraries);
        }
    }

    /**
     * Adds Envoy as a process of this machine; one in a container cannot be pinned and counted from
     * here.
     */
    void addEnvoy(ProvisionOptions options) {
        switch (EnvoyProvision.find(options)) {
            case EnvoyProvision.Result.Found(EnvoyBinary binary) ->
                    contenders.add(new EnvoyContender(binary.executable()));
            case EnvoyProvision.Result.Found(EnvoyContainer _) ->
                    leftOut.put(
                            EnvoyContender.NAME,
                            "only in a container, which cannot be measured here");
            case EnvoyProvision.Result.NotFound notFound ->
                    leftOut.put(EnvoyContender.NAME, notFound.explanation());
        }
    }

    void addNginx() {
        nginx().ifPresentOrElse(contenders::add, () -> leftOut.put("nginx", "not installed"));
    }

    void addHaproxy() {
        Command.find("haproxy")
                .ifPresentOrElse(
                        binary -> contenders.add(new HaproxyContender(binary)),
                        () -> leftOut.put("haproxy", "not installed"));
    }

    /** Leaves out who cannot take part in that line, or with those surroundings. */
    void keepThoseFor(Line line, Surroundings surroundings) {
        contenders.removeIf(contender -> {
            var objection = contender.objection(line, surroundings);
            objection.ifPresent(reason -> leftOut.put(contender.name(), reason));
            return objection.isPresent();
        });
    }

    /**
     * Adds a second instance of the steadiest contender there is: of the one whose figures move
     * least.
     */
    void addTwin() {
        List.of("haproxy", "nginx", EnvoyContender.NAME).stream()
                .flatMap(name -> contenders.stream().filter(each -> each.name().equals(name)))
                .findFirst()
                .ifPresent(original -> contenders.add(new TwinContender(original)));
    }

    List<Contender> contenders() {
        return contenders;
    }

    Map<String, String> leftOut() {
        return leftOut;
    }

    Map<String, String> versions() throws IOException, InterruptedException {
        Map<String, String> versions = new LinkedHashMap<>();
        for (var contender : contenders) {
            if (!(contender instanceof TwinContender)) {
                versions.put(contender.name(), contender.version());
            }
        }
        return versions;
    }

    static Optional<NginxContender> nginx() {
        return Command.find("nginx").map(NginxContender::new);
    }
}
