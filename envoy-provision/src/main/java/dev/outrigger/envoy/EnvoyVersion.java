// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.envoy;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A released version of Envoy, such as 1.40.0. */
public record EnvoyVersion(int major, int minor, int patch) implements Comparable<EnvoyVersion> {
    /** The version everything is proved against. */
    public static final EnvoyVersion PINNED = new EnvoyVersion(1, 40, 0);

    /** All versions with recorded checksums, oldest first; the last is {@link #PINNED}. */
    public static final List<EnvoyVersion> MATRIX =
            List.of(
                    new EnvoyVersion(1, 36, 4),
                    new EnvoyVersion(1, 37, 0),
                    new EnvoyVersion(1, 39, 3),
                    PINNED);

    private static final Pattern NUMBERS = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})\\.(\\d{1,4})");

    // `envoy --version` prints <commit>/<version>/<Clean|Modified>/<build type>/<TLS library>.
    private static final Pattern REPORT =
            Pattern.compile("version: [0-9a-f]{7,64}/(\\d{1,4}\\.\\d{1,4}\\.\\d{1,4})/Clean/");

    private static final Comparator<EnvoyVersion> ORDER =
            Comparator.comparingInt(EnvoyVersion::major)
                    .thenComparingInt(EnvoyVersion::minor)
                    .thenComparingInt(EnvoyVersion::patch);

    public EnvoyVersion {
        if (major < 0 || minor < 0 || patch < 0) {
            throw new IllegalArgumentException(
                    "version: " + major + "." + minor + "." + patch + " (expected: no negative)");
        }
    }

    /** Reads {@code 1.40.0} or {@code v1.40.0}; anything else is an IllegalArgumentException. */
    public static EnvoyVersion parse(String text) {
        var matcher = NUMBERS.matcher(text.startsWith("v") ? text.substring(1) : text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "Envoy version: '" + text + "' (expected: three numbers, such as 1.40.0)");
        }
        return new EnvoyVersion(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3)));
    }

    /**
     * The version in the output of {@code envoy --version}; empty for anything that is not a clean
     * release build, because a patched one is no oracle.
     */
    public static Optional<EnvoyVersion> reportedBy(String output) {
        var matcher = REPORT.matcher(output);
        return matcher.find() ? Optional.of(parse(matcher.group(1))) : Optional.empty();
    }

    @Override
    public int compareTo(EnvoyVersion other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
