// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.runtime;

import dev.outrigger.dataplane.config.RuntimeValue;
import dev.outrigger.dataplane.document.ConfigException;
import dev.outrigger.dataplane.message.Utf8Text;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A runtime layer kept in a directory: each file is a value, its path the dotted key. */
final class DiskLayer {
    /** Envoy's limit; a link to a directory above would otherwise never end. */
    private static final int MAX_DEPTH = 16;

    /** Bounds what a directory can make us hold. */
    private static final int MAX_VALUES = 100_000;

    private static final long MAX_VALUE_BYTES = 1 << 20;

    private final Map<String, RuntimeValue> values = new LinkedHashMap<>();

    private DiskLayer() {}

    /**
     * Reads all values below a directory.
     *
     * @throws IOException when something there cannot be read, or is too large
     */
    static Map<String, RuntimeValue> read(Path directory) throws IOException {
        var layer = new DiskLayer();
        layer.walk(directory, "", 1);
        return layer.values;
    }

    private void walk(Path directory, String prefix, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new IOException("Walk recursion depth exceeded " + MAX_DEPTH);
        }
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            stream.forEach(entries::add);
        }
        for (Path entry : entries) {
            String key = prefix + entry.getFileName();
            if (Files.isDirectory(entry)) {
                walk(entry, key + '.', depth + 1);
            } else if (Files.isRegularFile(entry)) {
                put(key, entry);
            }
        }
    }

    private void put(String key, Path file) throws IOException {
        if (values.size() >= MAX_VALUES) {
            throw new IOException("more than " + MAX_VALUES + " runtime values on disk");
        }
        if (Files.size(file) > MAX_VALUE_BYTES) {
            throw new IOException(file + ": longer than " + MAX_VALUE_BYTES + " bytes");
        }
        try {
            values.put(key, RuntimeText.yaml(text(Utf8Text.of(Files.readAllBytes(file)))));
        } catch (ConfigException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Without empty lines and comments; the last line without its tail, and every line that says
     * the same: Envoy compares what the lines say.
     */
    static String text(String content) {
        List<String> lines =
                Stream.of(content.split("\n")).filter(line -> !line.isEmpty()).toList();
        var text = new StringBuilder();
        for (String line : lines) {
            if (line.startsWith("#")) {
                continue;
            }
            text.append(line.equals(lines.getLast()) ? line.stripTrailing() : line + '\n');
        }
        return text.toString();
    }
}
