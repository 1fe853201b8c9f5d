// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.proxy;

import dev.outrigger.envoy.EnvoyProcess;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * AOT caches of a Java program that is started often: made at the first start, by a training run,
 * and good for exactly one JDK, one set of flags and one content of the class path. The JVM does
 * not notice when a jar is another than the one its cache was made of and would run the old
 * classes, so the cache's name is a digest of all of that.
 *
 * <p>Any number of processes may use one folder at once; one makes the cache, the others wait.
 */
final class AotCache {
    /** How many caches of other contents are kept: someone may still run the build before. */
    private static final int OTHERS_KEPT = 2;

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String CACHE = "program.aot";

    private final Path folder;
    private final Consumer<String> told;

    /**
     * @param folder where the caches are kept
     * @param told is told when a cache cannot be made
     */
    AotCache(Path folder, Consumer<String> told) {
        this.folder = folder.toAbsolutePath().normalize();
        this.told = told;
    }

    /** Runs the program in the way it will be run, and lets it end by itself. */
    @FunctionalInterface
    interface Run {
        /**
         * @param command the program's, without arguments of its own
         * @param workdir where it may leave files
         * @throws IOException when the program did not do what it should
         */
        void run(List<String> command, Path workdir) throws IOException;
    }

    /**
     * The command that starts the program: with a cache or, where none can be made, without.
     *
     * @param java the JVM and its flags; the cache is good for no others
     * @param program the main class and what follows it
     * @param training what is recorded
     * @param check a short run that fails when the program does not start
     */
    synchronized List<String> command(
            List<String> java, String classPath, List<String> program, Run training, Run check) {
        var entries = entries(classPath);
        try {
            var place = folder.resolve(digest(java, entries));
            // A cache knows only jars.
            var jars = new ArrayList<String>();
            for (Path entry : entries) {
                var jar = Files.isDirectory(entry) ? place.resolve(jars.size() + ".jar") : entry;
                jars.add(jar.toString());
            }
            var making = new Making(place, java, String.join(File.pathSeparator, jars), program);
            Files.createDirectories(folder);
            try (var channel =
                            FileChannel.open(
                                    folder.resolve("lock"),
                                    StandardOpenOption.CREATE,
                                    StandardOpenOption.WRITE);
                    var _ = channel.lock()) {
                if (!Files.exists(place.resolve(CACHE))) {
                    dropOthers();
                    pack(entries, place);
                    making.make(training, check);
                }
            }
            return making.command(using(place.resolve(CACHE)));
        } catch (IOException | UncheckedIOException e) {
            told.accept("without an AOT cache, starts are slower: " + e.getMessage());
            return new Making(folder, java, classPath, program).command(List.of());
        }
    }

    /**
     * As the shipped launcher uses it: mapped where it was made for, nothing compiled in advance.
     */
    private static List<String> using(Path cache) {
        return List.of(
                "-XX:AOTCache=" + cache,
                "-Xlog:aot*=off",
                "-Xlog:cds*=off",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:ArchiveRelocationMode=0",
                "-XX:-AOTReplayTraining");
    }

    /** One cache to be. */
    private record Making(Path place, List<String> java, String classPath, List<String> program) {

        List<String> command(List<String> flags) {
            return Stream.of(java, flags, List.of("-cp", classPath), program)
                    .flatMap(List::stream)
                    .toList();
        }

        void make(Run training, Run check) throws IOException {
            var record = place.resolve("recorded");
            var fresh = place.resolve("new.aot");
            training.run(
                    command(List.of("-XX:AOTMode=record", "-XX:AOTConfiguration=" + record)),
                    place);
            var flags = List.of("-XX:AOTMode=create", "-XX:AOTConfiguration=" + record);
            end(
                    command(
                            Stream.concat(flags.stream(), Stream.of("-XX:AOTCache=" + fresh))
                                    .toList()));
            // A JVM leaves aside without a word what it cannot use, unless the mode is "on".
            check.run(command(List.of("-XX:AOTMode=on", "-XX:AOTCache=" + fresh)), place);
            Files.delete(record);
            Files.move(fresh, place.resolve(CACHE), StandardCopyOption.ATOMIC_MOVE);
        }

        private void end(List<String> command) throws IOException {
            var log = place.resolve("create.log");
            try (var process = EnvoyProcess.start(command, place, log)) {
                if (!process.awaitExit(LIMIT) || process.exitCode().orElse(-1) != 0) {
                    throw new IOException("the cache was not made:\n" + Files.readString(log));
                }
            }
        }
    }

    /** What is not there is no part of a class path. */
    private static List<Path> entries(String classPath) {
        return Stream.of(classPath.split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry).toAbsolutePath().normalize())
                .filter(Files::exists)
                .toList();
    }

    /** Of the JDK, the flags, and all files by place, time and content. */
    private static String digest(List<String> java, List<Path> entries) throws IOException {
        var digest = sha256();
        update(digest, System.getProperty("java.vm.version"));
        java.forEach(flag -> update(digest, flag));
        for (Path entry : entries) {
            update(digest, entry.toString());
            if (Files.isDirectory(entry)) {
                for (Path file : filesIn(entry)) {
                    update(digest, entry.relativize(file).toString());
                    digest.update(sha256().digest(Files.readAllBytes(file)));
                }
            } else {
                // The JVM refuses a jar that is newer than the cache.
                update(digest, Files.getLastModifiedTime(entry).toString());
                digest.update(sha256().digest(Files.readAllBytes(entry)));
            }
        }
        return HexFormat.of().formatHex(digest.digest(), 0, 8);
    }

    private static void update(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static List<Path> filesIn(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** Makes the jars of the entries that are none. */
    private static void pack(List<Path> entries, Path place) throws IOException {
        Files.createDirectories(place);
        for (int i = 0; i < entries.size(); i++) {
            var entry = entries.get(i);
            if (Files.isDirectory(entry)) {
                try (var jar =
                        new ZipOutputStream(Files.newOutputStream(place.resolve(i + ".jar")))) {
                    for (Path file : filesIn(entry)) {
                        var name = entry.relativize(file).toString();
                        jar.putNextEntry(new ZipEntry(name.replace(File.separatorChar, '/')));
                        Files.copy(file, jar);
                        jar.closeEntry();
                    }
                }
            }
        }
    }

    private void dropOthers() throws IOException {
        List<Path> others;
        try (var places = Files.list(folder)) {
            others = places.filter(Files::isDirectory).toList();
        }
        var byAge = new ArrayList<>(others);
        byAge.sort(
                Comparator.comparingLong((Path place) -> place.toFile().lastModified()).reversed());
        for (Path old : byAge.subList(Math.min(OTHERS_KEPT, byAge.size()), byAge.size())) {
            try (var files = Files.walk(old)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
