// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.envoy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.testcontainers.DockerClientFactory;

/** Envoy's own container image, where a container engine answers. */
final class ContainerSource implements EnvoySource {
    /** Pulling may have gone before; a probe of a container starts more than a process. */
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(60);

    @Override
    public Finding look(ProvisionOptions options) {
        if (!options.containers()) {
            return new Finding.Passes(
                    "containers are forbidden (" + ProvisionOptions.CONTAINER_VARIABLE + ")");
        }
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            return new Finding.Passes(
                    "no container engine answers: start Docker, or Podman with its API socket and"
                            + " DOCKER_HOST");
        }
        var envoy = EnvoyContainer.of(options.version(), !options.offline());
        options.progress().accept("Starting the container image " + envoy.location());
        try {
            return probe(envoy);
        } catch (IOException e) {
            return new Finding.Passes(
                    "the container image "
                            + envoy.location()
                            + " cannot be run: "
                            + e.getMessage());
        }
    }

    private static Finding probe(EnvoyContainer envoy) throws IOException {
        var workdir = Files.createTempDirectory("outrigger-envoy-");
        var log = Files.createTempFile(workdir, "version", ".log");
        try (var process = envoy.start(List.of("--version"), workdir, log)) {
            boolean ended = process.awaitExit(PROBE_LIMIT);
            var reported = EnvoyVersion.reportedBy(Files.readString(log));
            if (ended && reported.filter(envoy.version()::equals).isPresent()) {
                return new Finding.Yields(envoy);
            }
            return new Finding.Passes(
                    "the container image "
                            + envoy.location()
                            + " does not answer --version as that version of Envoy");
        } finally {
            delete(log, workdir);
        }
    }

    private static void delete(Path... files) throws IOException {
        for (var file : files) {
            Files.deleteIfExists(file);
        }
    }
}
