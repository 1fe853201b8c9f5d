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
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The admin endpoints say the same things in the same form after the same request: errors and what
 * has no figures word for word, the rest by its names, in both directions. What Envoy says and ours
 * does not is in {@code admin-shape.md}, with the reason; what is there without need fails.
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

    /** Answered with the same words, in this order. */
    private static final List<String> EXACT =
            List.of(
                    "GET /ready",
                    "GET /certs",
                    "GET /contention",
                    "GET /init_dump",
                    "GET /init_dump?mask=listener",
                    "GET /clusters?filter=(",
                    "GET /clusters?filter=nobody",
                    "GET /clusters?filter=nobody&format=json",
                    "GET /config_dump?resource=foo",
                    "GET /config_dump?resource=bootstrap",
                    "GET /config_dump?resource=dynamic_listeners",
                    "GET /config_dump?resource=static_clusters&name_regex=nobody",
                    "GET /config_dump?resource=static_clusters&mask=cluster.name",
                    "GET /config_dump?resource=static_endpoint_configs",
                    "GET /config_dump?mask=foo",
                    "GET /config_dump?mask=static_clusters.cluster",
                    "GET /config_dump?name_regex=(",
                    "GET /allocprofiler",
                    "GET /cpuprofiler",
                    "GET /heapprofiler",
                    "GET /drain_listeners",
                    "GET /healthcheck/fail",
                    "GET /healthcheck/ok",
                    "GET /logging",
                    "GET /quitquitquit",
                    "GET /reopen_logs",
                    "GET /reset_counters",
                    "GET /runtime_modify",
                    "GET /stats/recentlookups/clear",
                    "GET /stats/recentlookups/disable",
                    "GET /stats/recentlookups/enable",
                    "GET /stats?type=foo",
                    "GET /stats?format=foo",
                    "GET /stats?filter=(",
                    "GET /stats?hidden=foo",
                    "GET /stats?hidden=only",
                    "GET /stats?histogram_buckets=foo",
                    "GET /stats?histogram_buckets=prometheusnative",
                    "GET /stats?usedonly&filter=^cluster.b.upstream_rq_.0",
                    "GET /stats?usedonly&filter=^cluster.b.(membership|circuit)&invert_filter&type=TextReadouts",
                    "GET /stats?format=json&filter=^cluster.b.(external.)?upstream_rq_2",
                    "GET /stats?format=json&filter=nobody",
                    "GET /stats?format=prometheus&filter=^cluster.b.upstream_rq_2",
                    "GET /stats?type=Counters&filter=^http.main.downstream_rq_[a-f0-9]",
                    "GET /stats/prometheus?filter=^(listener.127|http.main).*rq_2",
                    "GET /stats/prometheus?histogram_buckets=foo",
                    "GET /stats/prometheus?histogram_buckets=detailed",
                    "GET /stats/prometheus?histogram_buckets=disjoint",
                    "GET /stats/prometheus?histogram_buckets=prometheusnative",
                    "GET /stats/prometheus?hidden=foo",
                    "GET /stats/prometheus?hidden=only",
                    "GET /stats/prometheus?type=foo",
                    "GET /stats/prometheus?filter=(",
                    "PUT /logging",
                    "POST /ready",
                    "POST /logging",
                    "POST /logging?x",
                    "POST /logging?level=",
                    "POST /logging?level=warn",
                    "POST /logging?level=nothing",
                    "POST /logging?nothing=info",
                    "POST /logging?group=admin:debug",
                    "POST /logging?paths=admin",
                    "POST /logging?paths=:info",
                    "POST /logging?paths=admin:info,http:nothing",
                    "POST /logging?level=info&admin=debug",
                    "POST /allocprofiler",
                    "POST /allocprofiler?enable=x",
                    "POST /cpuprofiler",
                    "POST /cpuprofiler?enable=x",
                    "POST /cpuprofiler?enable=y",
                    "POST /cpuprofiler?enable=n",
                    "POST /heapprofiler",
                    "POST /heapprofiler?enable=y",
                    "POST /runtime_modify",
                    "POST /stats/recentlookups/enable",
                    "POST /stats/recentlookups/disable",
                    "POST /stats/recentlookups/clear",
                    "POST /reopen_logs",
                    "POST /healthcheck/fail",
                    "GET /ready",
                    "POST /healthcheck/ok",
                    "POST /reset_counters",
                    "GET /stats?filter=^cluster.b.upstream_rq_2",
                    "POST /drain_listeners?inboundonly");

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

    @ParameterizedTest
    @FieldSource("EXACT")
    void answersInTheSameWords(String request) {
        assertThat(of(subject, request).status()).isEqualTo(of(oracle, request).status());
        assertThat(of(subject, request).contentType()).isEqualTo(of(oracle, request).contentType());
        assertThat(masked(of(subject, request).body()))
                .isEqualTo(masked(of(oracle, request).body()));
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
        var more = stats(subject);
        more.removeAll(stats(oracle));

        assertThat(more).as("stats that ours has and Envoy lacks").isEmpty();

        assertThat(missing.stream().filter(name -> !isAllowed(name)))
                .as("names that Envoy has and ours lacks, without a reason in %s", ALLOWED)
                .isEmpty();
        assertThat(allowed.keySet().stream().filter(pattern -> !used.contains(pattern)))
                .as("entries of %s that nothing needs", ALLOWED)
                .isEmpty();
    }

    @Test
    void announcesNoExtensionOtherwiseThanEnvoy() throws IOException {
        var ours = extensions(subject);
        assertThat(ours).isNotEmpty();
        ours.removeAll(extensions(oracle));
        assertThat(ours).isEmpty();
    }

    /** Category, name and types of each. */
    private static SortedSet<String> extensions(Map<String, AdminReply> side) throws IOException {
        var extensions = new TreeSet<String>();
        for (var each : JSON.readTree(of(side, "/server_info").body()).at("/node/extensions")) {
            var types = new TreeSet<String>();
            each.path("type_urls").forEach(type -> types.add(type.asText()));
            extensions.add(each.path("category") + " " + each.path("name") + " " + types);
        }
        return extensions;
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
            for (var request : EXACT) {
                var parts = request.split(" ", 2);
                replies.putIfAbsent(request, stage.proxy().admin(parts[0], encoded(parts[1])));
            }
        }
        return replies;
    }

    /** Regular expressions have characters that a URI may not have. */
    private static String encoded(String path) {
        return path.replace("^", "%5E").replace("|", "%7C").replace("[", "%5B").replace("]", "%5D");
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
