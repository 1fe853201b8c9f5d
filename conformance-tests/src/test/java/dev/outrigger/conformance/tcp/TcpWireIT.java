// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.Subjects;
import dev.outrigger.conformance.proxy.Eventually;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * TCP on both proxies: client and upstream see the same, in every order of sending, ending and
 * breaking off, and the proxies log and count the same.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TcpWireIT {
    private static final Pattern DATE = Pattern.compile("date: [^\\r\\n]*");
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Pattern STATS =
            Pattern.compile(
                    "(?m)^((?:tcp|cluster|listener|proxy_proto|http_inspector|tls_inspector)\\.\\S+):"
                            + " (\\d+)$");
    private static final Pattern ACTIVE =
            Pattern.compile("(?m)^(?:listener\\.(?!admin)|cluster\\.)\\S*cx_active: (?!0$)\\d+$");

    /** Depends on how bytes come in reads, or is of another kind of traffic. */
    private static final Pattern INCOMPARABLE =
            Pattern.compile(
                    ".*(flow_control|buffered|worker_\\d|\\.http\\.|admin|pause|membership_change"
                            + "|update_|lb_subsets_(active|created|removed)).*");

    private static final Pattern PORT = Pattern.compile("127\\.0\\.0\\.1:(\\d+)");

    private record Played(
            Map<String, List<String>> seen, List<String> log, Map<String, Long> stats) {}

    private Played oracle;
    private Played subject;

    @BeforeAll
    void play(@TempDir Path folder) throws IOException {
        try (var play = new TcpPlay()) {
            oracle = play(Subjects.oracle(), play, folder.resolve("oracle"));
            subject = play(Subjects.subject(), play, folder.resolve("subject"));
        }
    }

    private static Played play(ProxyUnderTest proxy, TcpPlay play, Path folder) throws IOException {
        Files.createDirectories(folder);
        Path log = folder.resolve("access.log");
        Path bootstrap = folder.resolve("bootstrap.yaml");
        Files.writeString(bootstrap, TcpConfig.of(play.upstreamPort(), log));
        try (var running = proxy.start(bootstrap, folder)) {
            Map<String, Integer> ports = running.listenerPorts();
            var seen = new LinkedHashMap<String, List<String>>();
            int greeting = Objects.requireNonNull(ports.get("direct"), "direct");
            for (TcpCases.Case each : TcpCases.all()) {
                int port = Objects.requireNonNull(ports.get(each.listener()), each.listener());
                seen.put(each.name(), play.play(port, greeting, each.script()));
            }
            assertThat(Eventually.holds(PATIENCE, () -> isIdle(running))).isTrue();
            Map<String, Long> stats = stats(running.admin("GET", "/stats").body());
            int lines = expectedLines(stats);
            var _ = Eventually.holds(PATIENCE, () -> lines(log, play).size() >= lines);
            return new Played(seen, lines(log, play), stats);
        }
    }

    /** A line of the listener and one of the proxy for each connection, at least. */
    private static int expectedLines(Map<String, Long> stats) {
        return (int)
                stats.entrySet().stream()
                        .filter(each -> each.getKey().endsWith(".downstream_cx_total"))
                        .mapToLong(Map.Entry::getValue)
                        .sum();
    }

    private static boolean isIdle(RunningProxy running) {
        try {
            return !ACTIVE.matcher(running.admin("GET", "/stats").body()).find();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(Path log, TcpPlay play) {
        try {
            if (!Files.exists(log)) {
                return List.of();
            }
            String upstream = Integer.toString(play.upstreamPort());
            return Files.readAllLines(log).stream()
                    .map(line ->
                            PORT.matcher(line)
                                    .replaceAll(match ->
                                            match.group(1).equals(upstream)
                                                    ? "UPSTREAM"
                                                    : match.group(1).equals("1")
                                                            ? "REFUSED"
                                                            : "127.0.0.1:PORT"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Long> stats(String text) {
        var stats = new TreeMap<String, Long>();
        var matcher = STATS.matcher(text);
        while (matcher.find()) {
            if (!INCOMPARABLE.matcher(matcher.group(1)).matches()) {
                stats.put(matcher.group(1), Long.valueOf(matcher.group(2)));
            }
        }
        return stats;
    }

    @TestFactory
    Stream<DynamicTest> bothSidesSeeTheSame() {
        return oracle.seen().entrySet().stream()
                .map(each ->
                        DynamicTest.dynamicTest(
                                each.getKey(),
                                () ->
                                        assertThat(undated(subject.seen().get(each.getKey())))
                                                .isEqualTo(undated(each.getValue()))));
    }

    /** The two play one after the other, some seconds apart. */
    private static List<String> undated(@Nullable List<String> seen) {
        return seen == null
                ? List.of("nothing")
                : seen.stream().map(line -> DATE.matcher(line).replaceAll("date: now")).toList();
    }

    @Test
    void logsAsEnvoy() {
        var missing = new ArrayList<>(oracle.log());
        subject.log().forEach(missing::remove);
        var more = new ArrayList<>(subject.log());
        oracle.log().forEach(more::remove);
        assertThat(String.join("\n", more)).isEqualTo(String.join("\n", missing));
    }

    @Test
    void countsAsEnvoy() {
        var wrong = new TreeMap<String, String>();
        oracle.stats()
                .forEach((name, value) -> {
                    Long ours = subject.stats().get(name);
                    if (!value.equals(ours)) {
                        wrong.put(name, value + " on Envoy, " + ours + " here");
                    }
                });
        assertThat(wrong).isEmpty();
    }
}
