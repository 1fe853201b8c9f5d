// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.outrigger.conformance.exchange.CaseReader;
import dev.outrigger.conformance.proxy.AdminReply;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.stage.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The admin endpoints say the same things in the same form after the same request. What Envoy says
 * and ours does not is in {@code admin-shape.md}, with the reason; what is there without need
 * fails.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdminShapeIT {
    private static final Path ALLOWED = Path.of("src/test/resources/admin-shape.md");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern STAT = Pattern.compile("(?m)^([^:\\s]+(?::\\d+)?): ");

    /** A sample of Prometheus' text format; its labels are checked apart. */
    private static final Pattern SAMPLE =
            Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{(.*)})? (-?[0-9.e+-]+|NaN|\\+Inf)");

    private static final Pattern LABELS =
            Pattern.compile(
                    "(?:[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\n]|\\\\[\"\\\\n])*\"(?:,(?!$)|$))*");

    private static final List<String> PATHS =
            List.of(
                    "/ready",
                    "/server_info",
                    "/clusters",
                    "/clusters?format=json",
                    "/listeners",
                    "/listeners?format=json",
                    "/config_dump",
                    "/stats",
                    "/stats/prometheus");

    private final Set<String> used = new HashSet<>();
    private Map<String, AdminReply> oracle;
    private Map<String, AdminReply> subject;
    private Map<String, String> allowed;

    @BeforeAll
    void ask(@TempDir Path folder) throws IOException {
        oracle = replies(Subjects.oracle(), folder.resolve("oracle"));
        subject = replies(Subjects.subject(), folder.resolve("subject"));
        allowed = readAllowed();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/ready",
                "/server_info",
                "/clusters",
                "/listeners",
                "/config_dump",
                "/stats",
                "/stats/prometheus"
            })
    void answersWithTheSameStatusAndType(String path) {
        assertThat(of(subject, path).status()).isEqualTo(of(oracle, path).status());
        assertThat(of(subject, path).contentType()).isEqualTo(of(oracle, path).contentType());
    }

    @Test
    void readyIsTheSame() {
        assertThat(of(subject, "/ready").body()).isEqualTo(of(oracle, "/ready").body());
    }

    @Test
    void clustersHasTheSameLines() {
        var valueless = Pattern.compile("::-?[^:]*$", Pattern.MULTILINE);
        assertThat(
                        valueless
                                .matcher(masked(of(subject, "/clusters").body()))
                                .replaceAll("")
                                .lines())
                .containsExactlyInAnyOrderElementsOf(
                        valueless
                                .matcher(masked(of(oracle, "/clusters").body()))
                                .replaceAll("")
                                .lines()
                                .toList());
    }

    @Test
    void listenersHasTheSameLines() {
        assertThat(masked(of(subject, "/listeners").body()))
                .isEqualTo(masked(of(oracle, "/listeners").body()));
    }

    @Test
    void everyNameOfEnvoysIsOurs() throws IOException {
        var missing = new TreeSet<String>();
        for (var path :
                List.of(
                        "/server_info",
                        "/clusters?format=json",
                        "/listeners?format=json",
                        "/config_dump")) {
            var names = names(JSON.readTree(of(oracle, path).body()), path);
            names.removeAll(names(JSON.readTree(of(subject, path).body()), path));
            missing.addAll(names);
        }
        var stats = stats(oracle);
        stats.removeAll(stats(subject));
        missing.addAll(stats);

        assertThat(missing.stream().filter(name -> !isAllowed(name)))
                .as("names that Envoy has and ours lacks, without a reason in %s", ALLOWED)
                .isEmpty();
        assertThat(allowed.keySet().stream().filter(pattern -> !used.contains(pattern)))
                .as("entries of %s that nothing needs", ALLOWED)
                .isEmpty();
    }

    @Test
    void prometheusTextIsWellFormed() {
        for (var side : List.of(oracle, subject)) {
            var typed = new HashSet<String>();
            for (var line : of(side, "/stats/prometheus").body().lines().toList()) {
                if (line.startsWith("# TYPE ")) {
                    assertThat(typed.add(line.split(" ")[2])).as("one TYPE: %s", line).isTrue();
                } else if (!line.isEmpty() && !line.startsWith("#")) {
                    var sample = SAMPLE.matcher(line);
                    assertThat(sample.matches()).as(line).isTrue();
                    if (sample.group(3) != null) {
                        assertThat(LABELS.matcher(sample.group(3)).matches()).as(line).isTrue();
                    }
                    var name = sample.group(1).replaceFirst("_(bucket|sum|count)$", "");
                    assertThat(typed.contains(name) || typed.contains(sample.group(1)))
                            .as("a TYPE before %s", line)
                            .isTrue();
                }
            }
            assertThat(typed).contains("envoy_cluster_upstream_rq_total");
        }
    }

    private static AdminReply of(Map<String, AdminReply> side, String path) {
        return side.getOrDefault(path, new AdminReply(0, "", ""));
    }

    /** What all paths answer after the first exchange of the plain cases. */
    private static Map<String, AdminReply> replies(ProxyUnderTest proxy, Path workdir)
            throws IOException {
        var group =
                CaseReader.readAll(Path.of("src/test/resources/cases")).stream()
                        .filter(each -> each.name().equals("http"))
                        .findFirst()
                        .orElseThrow();
        var exchange =
                group.exchanges().stream()
                        .filter(each -> each.id().equals("http/plain/get"))
                        .findFirst()
                        .orElseThrow();
        var replies = new LinkedHashMap<String, AdminReply>();
        try (var stage = Stage.open(proxy, group, workdir)) {
            assertThat(stage.run(exchange).attempts()).hasSize(1);
            for (var path : PATHS) {
                replies.put(path, stage.proxy().admin("GET", path));
            }
        }
        return replies;
    }

    /** Ports are chosen by each run. */
    private static String masked(String text) {
        return text.replaceAll("127\\.0\\.0\\.1([:_])\\d+", "127.0.0.1$1<port>");
    }

    /** Paths of all keys; what is in the configuration itself is the proxy's input. */
    private static SortedSet<String> names(JsonNode node, String path) {
        var names = new TreeSet<String>();
        if (node.isArray()) {
            for (var each : node) {
                var type = each.path("@type").asText();
                names.addAll(
                        names(each, path + "[" + type.substring(type.lastIndexOf('.') + 1) + "]"));
            }
        } else if (node.isObject()) {
            for (var field : node.properties()) {
                var name = path + "." + field.getKey();
                names.add(name);
                boolean input =
                        List.of("bootstrap", "cluster", "listener", "route_config", "node")
                                .contains(field.getKey());
                if (!input) {
                    names.addAll(names(field.getValue(), name));
                }
            }
        }
        return names;
    }

    private static SortedSet<String> stats(Map<String, AdminReply> side) {
        return STAT.matcher(masked(of(side, "/stats").body()))
                .results()
                .map(match -> match.group(1))
                .filter(name -> name.matches("(cluster|http|listener)\\..*"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private boolean isAllowed(String name) {
        var patterns = new ArrayList<String>();
        for (var pattern : allowed.keySet()) {
            if (name.matches(pattern.replaceAll("([\\[\\].?])", "\\\\$1").replace("*", ".*"))) {
                patterns.add(pattern);
            }
        }
        used.addAll(patterns);
        return !patterns.isEmpty();
    }

    private static Map<String, String> readAllowed() throws IOException {
        var allowed = new LinkedHashMap<String, String>();
        for (var line : Files.readAllLines(ALLOWED)) {
            if (line.startsWith("| `")) {
                var cells = line.split("\\|");
                var reason = cells[2].strip();
                assertThat(reason).as("reason of %s", line).isNotEmpty();
                allowed.put(cells[1].strip().replace("`", ""), reason);
            }
        }
        return allowed;
    }
}
