// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.EnvironmentVariables;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Reads {@code DataSource}s of secrets: certificates, keys, passwords, credentials. */
final class DataSources {
    /** Larger files are refused: nothing of the kind comes near. */
    private static final long MAX_FILE_BYTES = 4L * 1024 * 1024;

    static final String INLINE = "<inline>";

    private static final SupportedFields SOURCE =
            SupportedFields.of(DataSource.class, "secret")
                    .obeyed("inline_string", "inline_bytes", "environment_variable", "filename");

    private DataSources() {}

    static SupportedFields table() {
        return SOURCE;
    }

    /** What was read. */
    static final class Content {
        private final byte[] bytes;
        private final String name;

        private Content(byte[] bytes, String name) {
            this.bytes = bytes;
            this.name = name;
        }

        byte[] bytes() {
            return bytes.clone();
        }

        /** Of the file, {@code <inline>}, or empty where there is nothing. */
        String name() {
            return name;
        }

        boolean isEmpty() {
            return bytes.length == 0;
        }

        String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /**
     * As Envoy does where it allows the source to be empty: a file that is not there is empty, and
     * so is an environment variable nobody set.
     */
    static Content read(DataSource source, String path, Findings findings) {
        byte[] bytes =
                switch (source.getSpecifierCase()) {
                    case INLINE_BYTES -> source.getInlineBytes().toByteArray();
                    case INLINE_STRING -> source.getInlineString().getBytes(StandardCharsets.UTF_8);
                    case ENVIRONMENT_VARIABLE -> {
                        String value = EnvironmentVariables.read(source.getEnvironmentVariable());
                        yield value == null ? new byte[0] : Ascii.bytes(value);
                    }
                    case FILENAME -> file(source.getFilename(), path, findings);
                    case SPECIFIER_NOT_SET -> new byte[0];
                };
        String name = source.hasFilename() ? source.getFilename() : bytes.length == 0 ? "" : INLINE;
        return new Content(bytes, name);
    }

    static boolean isThere(String name) {
        try {
            return Files.isRegularFile(Path.of(name));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static byte[] file(String name, String path, Findings findings) {
        try {
            Path file = Path.of(name);
            if (!Files.isRegularFile(file)) {
                return new byte[0];
            }
            long size = Files.size(file);
            if (size > MAX_FILE_BYTES) {
                findings.invalid(
                        FieldPaths.join(path, "filename"),
                        name,
                        "file "
                                + name
                                + " size is "
                                + size
                                + " bytes; maximum is "
                                + MAX_FILE_BYTES);
                return new byte[0];
            }
            return Files.readAllBytes(file);
        } catch (IOException | InvalidPathException e) {
            findings.invalid(
                    FieldPaths.join(path, "filename"), name, "unable to read file: " + name);
            return new byte[0];
        }
    }
}
