// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.contender;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The Java data plane with one worker, as its image runs it: small serial heap, compact headers,
 * AOT cache.
 */
public final class JavaDataplaneContender implements Contender {

    /** Its key in the results. */
    public static final String NAME = "java";

    /** The class every launch names. */
    private static final String MAIN = "dev.outrigger.dataplane.bootstrap.DataPlaneMain";

    private static final Map<String, String> ENVIRONMENT = Map.of("MALLOC_ARENA_MAX", "1");

    private final Path java;
    private final Path libraries;
    private final List<String> flags;
    private final boolean aot;
    private @Nullable Path aotCache;

    /**
     * @param java the JVM's launcher
     * @param libraries folder with the data plane's jars
     * @param aot whether to train an AOT cache before the run
     */
    public JavaDataplaneContender(Path java, Path libraries, List<String> flags, boolean aot) {
        this.java = java;
        this.libraries = libraries;
        this.flags = List.copyOf(flags);
        this.aot = aot;
    }

    /**
     * The flags the data plane ships with: {@code jvm.options} beside the folder of its jars, one
     * flag on each line, comments after {@code #}.
     *
     * @throws IOException if the file cannot be read
     */
    public static List<String> shippedFlags(Path libraries) throws IOException {
        try (Stream<String> lines = Files.lines(libraries.resolveSibling("jvm.options"))) {
            return lines.map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .toList();
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String version() throws IOException, InterruptedException {
        return Command.firstLineWith("version", java.toString(), "-version")
                + "; "
                + String.join(" ", flags)
                + (aotCache != null ? "; AOT cache" : "; no AOT cache");
    }

    @Override
    public WarmUpNeed warmUpNeed() {
        return WarmUpNeed.UNTIL_STEADY;
    }

    @Override
    public void prepare(Workbench workbench) throws IOException, InterruptedException {
        if (!aot) {
            return;
        }
        var cache =
                workbench
                        .cacheFolder()
                        .resolve(
                                "dataplane-"
                                        + workbench.line().label()
                                        + "-"
                                        + fingerprint()
                                        + ".aot");
        if (!Files.isRegularFile(cache)) {
            workbench.train(site -> launch(site, List.of("-XX:AOTCacheOutput=" + cache)));
        }
        if (Files.isRegularFile(cache)) {
            aotCache = cache;
        }
    }

    @Override
    public Launch launch(Site site) throws IOException {
        return launch(site, aotCache == null ? List.of() : List.of("-XX:AOTCache=" + aotCache));
    }

    private Launch launch(Site site, List<String> moreFlags) throws IOException {
        var bootstrap = EnvoyBootstrap.write(site);
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        command.addAll(flags);
        command.addAll(moreFlags);
        command.addAll(
                List.of(
                        "-cp",
                        classPath(),
                        MAIN,
                        "-c",
                        bootstrap.toString(),
                        "--concurrency",
                        "1"));
        return new Launch(command, ENVIRONMENT);
    }

    /**
     * Spelled out and sorted: an AOT cache is only used for the very class path it was trained
     * with.
     */
    private String classPath() throws IOException {
        return jars().stream().map(Path::toString).collect(Collectors.joining(":"));
    }

    private List<Path> jars() throws IOException {
        try (Stream<Path> entries = Files.list(libraries)) {
            return entries.filter(entry -> entry.toString().endsWith(".jar")).sorted().toList();
        }
    }

    /** Changes with the JVM, its flags and every jar. */
    private String fingerprint() throws IOException {
        var text =
                new StringBuilder(java.toString())
                        .append(flags)
                        .append(Files.getLastModifiedTime(java));
        for (var jar : jars()) {
            text.append(jar).append(Files.size(jar)).append(Files.getLastModifiedTime(jar));
        }
        var checksum = new CRC32();
        checksum.update(text.toString().getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits(checksum.getValue(), 8);
    }
}
