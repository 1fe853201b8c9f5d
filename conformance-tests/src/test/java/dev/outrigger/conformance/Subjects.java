// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.outrigger.conformance.proxy.EnvoyProxy;
import dev.outrigger.conformance.proxy.JavaProxy;
import dev.outrigger.conformance.proxy.JavaProxy.LeakDetection;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.envoy.EnvoyProvision;
import dev.outrigger.envoy.ProvisionOptions;
import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The two proxies of a test run. */
public final class Subjects {
    /** Whether a cache still fits is asked once for each JVM of the tests: that reads all jars. */
    private static final Map<LeakDetection, ProxyUnderTest> JAVA = new ConcurrentHashMap<>();

    private Subjects() {}

    /** The stock Envoy; without one, tests fail under CI=true and are skipped visibly elsewhere. */
    public static ProxyUnderTest oracle() {
        var options = ProvisionOptions.fromEnvironment().withProgress(System.err::println);
        var ci = System.getenv().getOrDefault("CI", "");
        return EnvoyProvision.forTests(options, ci)
                .map(EnvoyProxy::new)
                .orElseGet(() -> abort("no Envoy here: see the explanation above"));
    }

    /**
     * The Java data plane, or a second Envoy when {@code -Doutrigger.subject=envoy} asks for it:
     * Envoy against itself proves that the normalizer hides enough.
     */
    public static ProxyUnderTest subject() {
        return subject(LeakDetection.PARANOID);
    }

    /** The same without what makes it look for leaks, which costs more than all it does. */
    public static ProxyUnderTest subjectForLongRuns() {
        return subject(LeakDetection.SIMPLE);
    }

    private static ProxyUnderTest subject(LeakDetection leaks) {
        if (System.getProperty("outrigger.subject", "java").equals("envoy")) {
            return oracle();
        }
        return JAVA.computeIfAbsent(
                leaks,
                level ->
                        JavaProxy.ofClassPath(
                                classPath(), level, Path.of("target", "aot"), System.err::println));
    }

    /** That of the tests without their own classes, which are no part of the proxy. */
    private static String classPath() {
        var own = Path.of("target").toAbsolutePath();
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !Path.of(entry).toAbsolutePath().startsWith(own))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
