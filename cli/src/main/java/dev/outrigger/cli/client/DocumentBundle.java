// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.client;

import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The documents of one apply as one request body, so that many files are stored together or not at
 * all, with the way back from a line of that body to the file and line a person can open.
 */
public final class DocumentBundle {
    /** Above the server's own limit on a body, so that its refusal is what a caller sees. */
    private static final int MAX_BYTES = 64 * 1024 * 1024;

    private final byte[] body;
    private final String contentType;
    private final List<Part> parts;

    /** A file's text begins on line {@code firstLine} of the body. */
    private record Part(String name, int firstLine) {}

    private DocumentBundle(byte[] body, String contentType, List<Part> parts) {
        this.body = body;
        this.contentType = contentType;
        this.parts = List.copyOf(parts);
    }

    /**
     * Reads files, folders (their {@code .yaml}, {@code .yml} and {@code .json} files in order of
     * name) and {@code -} for the standard input.
     */
    public static DocumentBundle read(List<String> sources, InputStream stdin) {
        var texts = new ArrayList<Source>();
        for (var source : sources) {
            if (source.equals("-")) {
                texts.add(new Source("-", readStdin(stdin)));
            } else {
                addPath(Path.of(source), texts);
            }
        }
        return texts.size() == 1 ? single(texts.getFirst()) : joined(texts);
    }

    /** Documents that are in no file; the name stands in messages where a file's would. */
    public static DocumentBundle ofYaml(String name, String text) {
        return single(new Source(name, text));
    }

    public byte[] body() {
        return body.clone();
    }

    public String contentType() {
        return contentType;
    }

    /** The file and line, as {@code b.yaml:9}, of a line of the body counted from 1. */
    public String locate(int line) {
        var found = parts.getFirst();
        for (var part : parts) {
            if (part.firstLine <= line) {
                found = part;
            }
        }
        return found.name + ":" + (line - found.firstLine + 1);
    }

    /** The only file's name, or how many there are. */
    public String describe() {
        return parts.size() == 1 ? parts.getFirst().name : parts.size() + " files";
    }

    private record Source(String name, String text) {
        boolean isJson() {
            return startsWith("{") || startsWith("[");
        }

        boolean startsWith(String token) {
            return text.stripLeading().startsWith(token);
        }
    }

    private static DocumentBundle single(Source source) {
        return new DocumentBundle(
                source.text.getBytes(StandardCharsets.UTF_8),
                source.isJson() ? "application/json" : "application/yaml",
                List.of(new Part(source.name, 1)));
    }

    /** A JSON object is also a YAML document, so files of both kinds go into one YAML stream. */
    private static DocumentBundle joined(List<Source> sources) {
        var text = new StringBuilder();
        var parts = new ArrayList<Part>();
        int line = 1;
        for (var source : sources) {
            if (source.startsWith("[")) {
                throw CliFailure.of(
                                ExitCode.USAGE,
                                source.name + " is a JSON array, which cannot be joined to others")
                        .withNext("apply it by itself, or write one document per file");
            }
            if (!text.isEmpty() && !beginsDocument(source.text)) {
                text.append("---\n");
                line++;
            }
            parts.add(new Part(source.name, line));
            text.append(source.text);
            if (!source.text.endsWith("\n")) {
                text.append('\n');
            }
            line += (int) source.text.lines().count();
        }
        return new DocumentBundle(
                text.toString().getBytes(StandardCharsets.UTF_8), "application/yaml", parts);
    }

    private static boolean beginsDocument(String text) {
        return text.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .findFirst()
                .map(line -> line.startsWith("---") || line.startsWith("%"))
                .orElse(false);
    }

    private static void addPath(Path path, List<Source> into) {
        if (!Files.isDirectory(path)) {
            into.add(readFile(path));
            return;
        }
        var files = new ArrayList<Path>();
        DirectoryStream.Filter<Path> documents =
                file -> {
                    var name = file.getFileName().toString().toLowerCase(Locale.ROOT);
                    return Files.isRegularFile(file)
                            && (name.endsWith(".yaml")
                                    || name.endsWith(".yml")
                                    || name.endsWith(".json"));
                };
        try (var listing = Files.newDirectoryStream(path, documents)) {
            listing.forEach(files::add);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
        if (files.isEmpty()) {
            throw CliFailure.of(
                    ExitCode.NOT_FOUND, "no .yaml, .yml or .json file in folder " + path);
        }
        files.sort(null);
        files.forEach(file -> into.add(readFile(file)));
    }

    private static Source readFile(Path file) {
        try (var in = Files.newInputStream(file)) {
            return new Source(file.toString(), readLimited(in, file.toString()));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static String readStdin(InputStream stdin) {
        try {
            return readLimited(stdin, "the standard input");
        } catch (IOException e) {
            throw CliFailure.of(
                            ExitCode.NOT_FOUND, "cannot read the standard input: " + e.getMessage())
                    .withCause(e);
        }
    }

    private static String readLimited(InputStream in, String name) throws IOException {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(in.readNBytes(MAX_BYTES + 1));
        if (bytes.size() > MAX_BYTES) {
            throw CliFailure.of(
                    ExitCode.VALIDATION, name + " is larger than " + MAX_BYTES + " bytes");
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static CliFailure unreadable(Path path, IOException cause) {
        var reason =
                cause instanceof NoSuchFileException
                        ? "no such file or folder: " + path
                        : "cannot read " + path + ": " + cause.getMessage();
        return CliFailure.of(ExitCode.NOT_FOUND, reason).withCause(cause);
    }
}
