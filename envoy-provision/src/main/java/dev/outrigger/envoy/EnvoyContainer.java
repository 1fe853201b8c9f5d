// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.envoy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Envoy's own container image. It is run in the machine's network (so that ports mean the same
 * inside and outside; a Docker Desktop must have host networking switched on) as the owner of the
 * working directory, which is mounted under its own path.
 *
 * @param mayPull whether the image may be pulled when it is not there
 */
public record EnvoyContainer(EnvoyVersion version, String image, boolean mayPull) implements Envoy {

    /** The image that Envoy's project publishes for the version. */
    static EnvoyContainer of(EnvoyVersion version, boolean mayPull) {
        return new EnvoyContainer(version, "envoyproxy/envoy:v" + version, mayPull);
    }

    @Override
    public Origin origin() {
        return Origin.CONTAINER;
    }

    @Override
    public String location() {
        return image;
    }

    @Override
    public List<String> command(List<String> args, Path workdir) {
        var folder = workdir.toAbsolutePath();
        var command = new ArrayList<String>();
        command.addAll(List.of("docker", "run", "--rm", "--network=host"));
        command.addAll(List.of("--env", "ENVOY_UID=" + owner(folder)));
        command.addAll(List.of("--volume", folder + ":" + folder, "--workdir", folder.toString()));
        command.add(image);
        command.add("envoy");
        command.addAll(args);
        return List.copyOf(command);
    }

    @Override
    public EnvoyProcess start(List<String> args, Path workdir, Path log) throws IOException {
        return ContainerEnvoyProcess.start(this, args, workdir.toAbsolutePath(), log);
    }

    /** The image's entry point takes this user instead of its own, so it may write there. */
    static String owner(Path folder) {
        try {
            return Files.getAttribute(folder, "unix:uid").toString();
        } catch (IOException | UnsupportedOperationException _) {
            return "0";
        }
    }
}
