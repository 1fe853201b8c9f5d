// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The environment of the process as wire text ({@link WireText}): one character for each byte, as
 * Envoy hands it on. The JVM's own strings have been through a decoder by then, which bytes that
 * are no text in the locale's encoding do not survive; so the kernel is asked for them, and the JVM
 * only where it cannot be.
 */
public final class EnvironmentVariables {
    private static final EnvironmentVariables OF_PROCESS = ofProcess();

    private final Map<String, String> values;

    private EnvironmentVariables(Map<String, String> values) {
        this.values = values;
    }

    /** The variable's value, or {@code null} where it is not set. */
    public static @Nullable String read(String configuredName) {
        return OF_PROCESS.get(configuredName);
    }

    /**
     * From {@code name=value}s that each end in a zero byte; of several with one name the first
     * counts.
     */
    static EnvironmentVariables parse(byte[] block) {
        var values = new HashMap<String, String>();
        for (String entry : new String(block, ISO_8859_1).split("\0", -1)) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                values.putIfAbsent(entry.substring(0, equals), entry.substring(equals + 1));
            }
        }
        return new EnvironmentVariables(values);
    }

    @Nullable String get(String configuredName) {
        return values.get(WireText.of(configuredName));
    }

    private static EnvironmentVariables ofProcess() {
        try {
            return parse(Files.readAllBytes(Path.of("/proc/self/environ")));
        } catch (IOException _) {
            var values = new HashMap<String, String>();
            System.getenv()
                    .forEach((name, value) -> values.put(WireText.of(name), WireText.of(value)));
            return new EnvironmentVariables(values);
        }
    }
}
