// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.envoy;

/** The first {@code envoy} on PATH, when it has the wanted version. */
final class SearchPathSource implements EnvoySource {

    @Override
    public Finding look(ProvisionOptions options) {
        var found = Executables.find(options.searchPath(), "envoy");
        if (found.isEmpty()) {
            return new Finding.Passes("PATH has no executable named envoy");
        }
        return switch (Executables.version(found.get(), options)) {
            case Executables.Report.Unusable(var reason) -> new Finding.Passes(reason);
            case Executables.Report.Version(var version) when version.equals(options.version()) ->
                    new Finding.Yields(new EnvoyBinary(version, Origin.SEARCH_PATH, found.get()));
            case Executables.Report.Version(var version) ->
                    new Finding.Passes(
                            found.get()
                                    + " on PATH is Envoy "
                                    + version
                                    + ", not "
                                    + options.version());
        };
    }
}
