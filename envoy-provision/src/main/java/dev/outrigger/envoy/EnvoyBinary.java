// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.envoy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An Envoy executable of this machine whose version was read from itself. */
public record EnvoyBinary(EnvoyVersion version, Origin origin, Path executable) implements Envoy {

    @Override
    public String location() {
        return executable.toString();
    }

    @Override
    public List<String> command(List<String> args, Path workdir) {
        var command = new ArrayList<String>();
        command.add(executable.toString());
        command.addAll(args);
        return List.copyOf(command);
    }

    @Override
    public EnvoyProcess start(List<String> args, Path workdir, Path log) throws IOException {
        return LocalEnvoyProcess.start(command(args, workdir), workdir, log);
    }
}
