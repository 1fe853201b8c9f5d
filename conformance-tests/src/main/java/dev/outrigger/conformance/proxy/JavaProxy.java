// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.proxy;

import dev.outrigger.envoy.EnvoyProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The Java data plane in a JVM of its own: the subject.
 *
 * @param command everything before Envoy's own arguments: java, its flags, class path, main class
 */
public record JavaProxy(List<String> command) implements ProxyUnderTest {
    /** The data plane's main class. */
    public static final String MAIN = "dev.outrigger.dataplane.bootstrap.DataPlaneMain";

    /** The flags that every JVM of this project runs with. */
    private static final List<String> JVM_FLAGS =
            List.of(
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1", // Started often, never long enough for C2 to pay.
                    "-Xmx256m");

    /** How many buffers are followed to where they are given back. */
    public enum LeakDetection {
        /** Every one, with all who touch it. */
        PARANOID,
        /** One of a hundred. */
        SIMPLE
    }

    public JavaProxy {
        command = List.copyOf(command);
    }

    /**
     * The data plane of the class path, run by the Java that runs this.
     *
     * @param caches the folder of what makes its starts fast
     * @param told is told when they are not
     */
    public static JavaProxy ofClassPath(
            String classPath, LeakDetection leaks, Path caches, Consumer<String> told) {
        var java = new ArrayList<String>();
        java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        java.addAll(JVM_FLAGS);
        var cached =
                new AotCache(caches, told)
                        .command(
                                java,
                                classPath,
                                List.of(MAIN),
                                ProxyTraining::run,
                                ProxyTraining::check);
        var command = new ArrayList<>(cached);
        // No flag of the JVM: one cache is for both levels.
        command.add(1, "-Dio.netty.leakDetection.level=" + leaks.name().toLowerCase(Locale.ROOT));
        return new JavaProxy(command);
    }

    static List<String> with(List<String> command, List<String> args) {
        return Stream.concat(command.stream(), args.stream()).toList();
    }

    @Override
    public String name() {
        return "java";
    }

    @Override
    public String flavor() {
        return "java";
    }

    @Override
    public RunningProxy start(Path bootstrap, Path workdir, Duration logFlush) throws IOException {
        return ProxyProcess.start(this::launch, bootstrap, workdir, logFlush);
    }

    @Override
    public Verdict validate(Path bootstrap, Path workdir) throws IOException {
        return ProxyProcess.validate(this::launch, bootstrap, workdir);
    }

    private EnvoyProcess launch(List<String> args, Path workdir, Path log) throws IOException {
        return EnvoyProcess.start(with(command, args), workdir, log);
    }
}
