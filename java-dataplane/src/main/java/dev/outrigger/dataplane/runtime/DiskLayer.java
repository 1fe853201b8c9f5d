// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.runtime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.outrigger.dataplane.config.RuntimeValue;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
        values.put(key, RuntimeText.parse(text(Files.readString(file, ISO_8859_1))));
    }

    /** Without empty lines, without comments unless there is nothing else, without a tail. */
    static String text(String content) {
        List<String> lines = content.lines().filter(line -> !line.isEmpty()).toList();
        if (lines.size() == 1) {
            return lines.getFirst().stripTrailing();
        }
        return String.join("\n", lines.stream().filter(line -> !line.startsWith("#")).toList())
                .stripTrailing();
    }
}
