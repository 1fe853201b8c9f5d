// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.envoy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.WaitContainerResultCallback;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.DockerException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.output.OutputFrame;
import org.testcontainers.containers.startupcheck.StartupCheckStrategy;
import org.testcontainers.utility.DockerImageName;

/**
 * An Envoy in a container. Testcontainers removes the container when this JVM ends without closing
 * it.
 */
final class ContainerEnvoyProcess implements EnvoyProcess {
    private static final Logger log = LoggerFactory.getLogger(ContainerEnvoyProcess.class);

    private final GenericContainer<?> container;
    private final OutputStream output;
    private boolean closed;
    private OptionalInt exitCode = OptionalInt.empty();

    private ContainerEnvoyProcess(GenericContainer<?> container, OutputStream output) {
        this.container = container;
        this.output = output;
    }

    static ContainerEnvoyProcess start(
            EnvoyContainer envoy, List<String> args, Path workdir, Path logFile)
            throws IOException {
        var command = new ArrayList<>(List.of("envoy"));
        command.addAll(args);
        var output =
                Files.newOutputStream(
                        logFile, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        var container = new GenericContainer<>(DockerImageName.parse(envoy.image()));
        container
                .withNetworkMode("host")
                .withFileSystemBind(workdir.toString(), workdir.toString(), BindMode.READ_WRITE)
                .withWorkingDirectory(workdir.toString())
                .withEnv("ENVOY_UID", EnvoyContainer.owner(workdir))
                .withCommand(command.toArray(String[]::new))
                .withStartupCheckStrategy(new ContainerStartedOrEnded())
                .withLogConsumer(frame -> append(output, frame));
        if (!envoy.mayPull()) {
            container.withImagePullPolicy(_ -> false);
        }
        try {
            container.start();
        } catch (ContainerLaunchException | DockerException e) {
            output.close();
            throw new IOException("container of " + envoy.image() + ": " + e.getMessage(), e);
        }
        return new ContainerEnvoyProcess(container, output);
    }

    @Override
    public synchronized boolean isAlive() {
        return !closed && exitCode.isEmpty() && container.isRunning();
    }

    @Override
    public synchronized OptionalInt exitCode() {
        return exitCode;
    }

    @Override
    public synchronized boolean awaitExit(Duration limit) {
        if (closed || exitCode.isPresent()) {
            return true;
        }
        try (var wait = new WaitContainerResultCallback()) {
            var status =
                    container
                            .getDockerClient()
                            .waitContainerCmd(container.getContainerId())
                            .exec(wait)
                            .awaitStatusCode(limit.toMillis(), TimeUnit.MILLISECONDS);
            exitCode = OptionalInt.of(status);
            return true;
        } catch (DockerClientException _) {
            return false; // It still runs: this is how the client reports the end of the wait.
        } catch (IOException e) {
            log.warn("container wait could not be closed image={}", container, e);
            return false;
        }
    }

    @Override
    public synchronized void stop(Duration grace) {
        if (closed) {
            return;
        }
        if (container.isRunning()) {
            int seconds = (int) Math.max(1, grace.toSeconds());
            container
                    .getDockerClient()
                    .stopContainerCmd(container.getContainerId())
                    .withTimeout(seconds)
                    .exec();
        }
        var _ = awaitExit(Duration.ofSeconds(5));
        closed = true;
        container.stop();
        try {
            output.close();
        } catch (IOException e) {
            log.warn("log of a container could not be closed", e);
        }
    }

    private static void append(OutputStream output, OutputFrame frame) {
        var bytes = frame.getBytes();
        if (bytes == null) {
            return; // The end of the container's output.
        }
        try {
            output.write(bytes);
            output.flush();
        } catch (IOException e) {
            log.debug("output of a container came after its log was closed", e);
        }
    }

    /** A command such as {@code --mode validate} has ended before anyone looks: that is fine. */
    private static final class ContainerStartedOrEnded extends StartupCheckStrategy {
        @Override
        public StartupStatus checkStartupState(DockerClient client, String containerId) {
            return StartupStatus.SUCCESSFUL;
        }
    }
}
