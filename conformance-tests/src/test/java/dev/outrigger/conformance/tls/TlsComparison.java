// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.Subjects;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import dev.outrigger.conformance.stage.Identities;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A setting played with both proxies: clients see the same, hosts see the same, and the same is
 * logged and counted.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TlsComparison {
    private static final Pattern STATS =
            Pattern.compile(
                    "(?m)^((?:listener|cluster)\\.[a-z0-9-]+\\.(?:ssl\\.|upstream_cx_"
                            + "(?:connect_fail|connect_timeout|destroy|total)|"
                            + "downstream_cx_(?:total|transport_socket))[\\w.-]*"
                            + "|http\\.[a-z0-9-]+\\.downstream_cx_ssl_total): (\\d+)$");

    /** Of gauges that are days and seconds. */
    private static final Pattern INCOMPARABLE = Pattern.compile(".*expir.*");

    private static final String RESET = "SocketException: ";

    /** What was seen of one proxy. */
    record Played(Map<String, String> answers, List<String> log, Map<String, Long> stats) {}

    /** One thing to do, whose outcome is compared. */
    interface Case {
        String play(Map<String, Integer> ports, Identities identities);
    }

    /** Listeners and clusters, the hosts behind them, and who comes. */
    interface Setting extends AutoCloseable {
        /**
         * @param place for the logs {@code requests.log} and {@code connections.log}, and whatever
         *     files it needs
         */
        String bootstrap(Path place) throws IOException;

        Map<String, Case> cases();

        @Override
        void close() throws IOException;
    }

    private final Map<String, Played> played = new LinkedHashMap<>();

    /** What is played. */
    abstract Setting setting(Identities identities) throws Exception;

    @BeforeAll
    void play(@TempDir Path folder) throws Exception {
        var identities = new Identities(folder);
        try (Setting setting = setting(identities)) {
            played.put("oracle", play(Subjects.oracle(), setting, identities, folder));
            played.put("subject", play(Subjects.subject(), setting, identities, folder));
        }
    }

    private static Played play(
            ProxyUnderTest proxy, Setting setting, Identities identities, Path folder)
            throws IOException {
        Path place = Files.createDirectories(folder.resolve(proxy.name()));
        Path bootstrap = place.resolve("bootstrap.yaml");
        Files.writeString(bootstrap, setting.bootstrap(place));
        var answers = new LinkedHashMap<String, String>();
        Map<String, Long> stats;
        try (RunningProxy running = proxy.start(bootstrap, place)) {
            Map<String, Integer> ports = running.listenerPorts();
            setting.cases()
                    .forEach((name, each) -> answers.put(name, each.play(ports, identities)));
            stats = stats(running.admin("GET", "/stats").body());
        }
        // All of the log is there when the proxy is not.
        return new Played(answers, lines(place), stats);
    }

    private static List<String> lines(Path place) throws IOException {
        var lines = new ArrayList<String>();
        for (String log : List.of("requests.log", "connections.log")) {
            lines.addAll(Files.readAllLines(place.resolve(log)));
        }
        lines.sort(null);
        return lines;
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

    final Played oracle() {
        return Objects.requireNonNull(played.get("oracle"));
    }

    private Played subject() {
        return Objects.requireNonNull(played.get("subject"));
    }

    @TestFactory
    Stream<DynamicTest> isSeenByClientsAsEnvoy() {
        return oracle().answers().entrySet().stream()
                .map(each -> DynamicTest.dynamicTest(each.getKey(), () -> compare(each.getKey())));
    }

    /** Whether a refused client sees the alert or only that nobody listens any more is a race. */
    private void compare(String name) {
        String expected = String.valueOf(oracle().answers().get(name));
        String actual = String.valueOf(subject().answers().get(name));
        if (expected.startsWith(RESET) || actual.startsWith(RESET)) {
            assertThat(List.of(expected, actual)).allMatch(seen -> seen.contains("Exception: "));
        } else {
            assertThat(actual).isEqualTo(expected);
        }
    }

    @Test
    void logsAsEnvoy() {
        var missing = new ArrayList<>(oracle().log());
        subject().log().forEach(missing::remove);
        var more = new ArrayList<>(subject().log());
        oracle().log().forEach(more::remove);
        assertThat(more).as("ours; Envoy's %s", missing).isEmpty();
        assertThat(missing).isEmpty();
    }

    @Test
    void countsAsEnvoy() {
        var missing = new TreeMap<>(oracle().stats());
        missing.entrySet().removeAll(subject().stats().entrySet());
        assertThat(missing)
                .as("Envoy's; ours differ or lack them: %s", subject().stats())
                .isEmpty();
    }
}
