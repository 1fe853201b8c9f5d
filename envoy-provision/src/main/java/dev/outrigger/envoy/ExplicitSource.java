// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.envoy;

import java.nio.file.Files;

/** The path a person gave. A wrong one is refused, never replaced by another Envoy. */
final class ExplicitSource implements EnvoySource {

    @Override
    public Finding look(ProvisionOptions options) {
        if (options.explicitPath().isEmpty()) {
            return new Finding.Passes(
                    "no path was given: set "
                            + ProvisionOptions.PATH_VARIABLE
                            + " to an Envoy "
                            + options.version()
                            + " executable");
        }
        var path = options.explicitPath().get().toAbsolutePath().normalize();
        if (!Files.isRegularFile(path) || !Files.isExecutable(path)) {
            return new Finding.Refuses(path + " was given, but is no executable file");
        }
        return switch (Executables.version(path, options)) {
            case Executables.Report.Unusable(var reason) -> new Finding.Refuses(reason);
            case Executables.Report.Version(var version) when version.equals(options.version()) ->
                    new Finding.Yields(new EnvoyBinary(version, Origin.EXPLICIT, path));
            case Executables.Report.Version(var version) ->
                    new Finding.Refuses(
                            path
                                    + " was given, but is Envoy "
                                    + version
                                    + " and "
                                    + options.version()
                                    + " is wanted: give another path, or set "
                                    + ProvisionOptions.VERSION_VARIABLE
                                    + "="
                                    + version);
        };
    }
}
