// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.outrigger.conformance.proxy.Eventually;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Layers of the runtime: which one wins, what a directory makes of a layer, what becomes of values
 * when the link to it is moved, when a value is set over the admin port, and when RTDS brings
 * others; and what {@code /runtime} and the {@code runtime.*} stats say of it.
 */
class RuntimeLayersIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What protobuf begins text for people with; another in each process. */
    private static final Pattern MARK = Pattern.compile("goo\\.gle/debug\\w+ +");

    private static final Duration LIMIT = Duration.ofSeconds(10);

    @TempDir private Path folder;

    /** Plays one story on one proxy, in a folder of its own. */
    private interface Story {
        List<String> layers(Path home) throws IOException;

        void tell(Told told) throws IOException;
    }

    /** A proxy a story is told to, and what it said after each part. */
    private static final class Told {
        private final Path home;
        private final RunningProxy proxy;
        private final Map<String, String> seen = new TreeMap<>();

        private Told(Path home, RunningProxy proxy) {
            this.home = home;
            this.proxy = proxy;
        }

        private String ask(String method, String path) {
            try {
                return proxy.admin(method, path).body();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** But for times. */
        private List<String> stats() {
            return ask("GET", "/stats?filter=%5Eruntime")
                    .lines()
                    .filter(line -> !line.contains("update_time") && !line.contains("duration"))
                    .toList();
        }

        private JsonNode runtime() throws IOException {
            return JSON.readTree(ask("GET", "/runtime"));
        }

        /** The final value of a key; empty for none. */
        private String value(String key) throws IOException {
            return runtime().path("entries").path(key).path("final_value").asText();
        }

        /** Waits until a stat is there, then keeps all the proxy says. */
        private void see(String part, String stat) throws IOException {
            assertThat(Eventually.holds(LIMIT, () -> stats().contains(stat)))
                    .as("%s: %s in %s", part, stat, stats())
                    .isTrue();
            var entries = new TreeMap<String, String>();
            runtime()
                    .path("entries")
                    .forEachEntry((key, entry) ->
                            entries.put(
                                    key,
                                    MARK.matcher(
                                                    entry.path("final_value")
                                                            + " of "
                                                            + entry.path("layer_values"))
                                            .replaceAll("mark")));
            seen.put(
                    part,
                    runtime().path("layers")
                            + "\n"
                            + entries.entrySet().stream()
                                    .map(each -> each.getKey() + " = " + each.getValue())
                                    .collect(Collectors.joining("\n"))
                            + "\n"
                            + String.join("\n", stats()));
        }

        private void post(String path) {
            seen.put("POST " + path, ask("POST", path));
        }

        private void link(String to) throws IOException {
            Path next = home.resolve("next");
            Files.createSymbolicLink(next, Path.of(to));
            Files.move(next, home.resolve("current"), StandardCopyOption.ATOMIC_MOVE);
        }

        private void bring(String file, String name, String values) throws IOException {
            write(home, file + ".next", resource(name, values));
            Files.move(
                    home.resolve(file + ".next"),
                    home.resolve(file),
                    StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static void write(Path home, String name, String text) throws IOException {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static String resource(String name, String values) {
        return """
        {"resources": [{"@type": "type.googleapis.com/envoy.service.runtime.v3.Runtime", "name": "%s", "layer": %s}]}
        """
                .formatted(name, values);
    }

    private Map<String, String> play(ProxyUnderTest proxy, String name, Story story)
            throws IOException {
        Path home = Files.createDirectories(folder.resolve(name));
        Path bootstrap = home.resolve("bootstrap.yaml");
        Files.writeString(
                bootstrap,
                """
                node: {id: layers, cluster: fleet}
                admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
                layered_runtime:
                  layers:
                  - %s
                """
                        .formatted(String.join("\n  - ", story.layers(home))));
        try (var running = proxy.start(bootstrap, home)) {
            var told = new Told(home, running);
            story.tell(told);
            return told.seen;
        }
    }

    private void compare(Story story) throws IOException {
        var oracle = play(Subjects.oracle(), "oracle", story);
        var subject = play(Subjects.subject(), "subject", story);

        assertThat(oracle).isNotEmpty();
        assertThat(subject).containsExactlyInAnyOrderEntriesOf(oracle);
    }

    @Test
    void directoriesFollowTheirLinkAndTheAdminPortWins() throws IOException {
        compare(
                new Story() {
                    @Override
                    public List<String> layers(Path home) throws IOException {
                        write(home, "v1/main/a/one", "1\n");
                        write(home, "v1/main/a/two", "2");
                        write(home, "v1/main/three", "# a comment\n3\n\n");
                        write(home, "v1/main/words", "with a tail \n");
                        write(home, "v1/main/share", "numerator: 5\ndenominator: HUNDRED\n");
                        write(home, "v1/main/winner", "disk");
                        write(home, "v1/over/fleet/winner", "override");
                        write(home, "v1/over/another/winner", "not this one");
                        write(home, "v2/main/a/one", "100");
                        Files.createSymbolicLink(home.resolve("current"), Path.of("v1"));
                        String disk = "disk_layer: {symlink_root: " + home.resolve("current");
                        return List.of(
                                "{name: fixed, static_layer: {winner: fixed, a: {two: 20, deep:"
                                        + " 1.5}, flag: true}}",
                                "{name: disk, " + disk + ", subdirectory: main}}",
                                "{name: over, "
                                        + disk
                                        + ", subdirectory: over, append_service_cluster: true}}",
                                "{name: nowhere, " + disk + ", subdirectory: nowhere}}",
                                "{name: admin, admin_layer: {}}");
                    }

                    @Override
                    public void tell(Told told) throws IOException {
                        told.see("0 at first", "runtime.load_success: 2");
                        assertThat(told.value("winner")).isEqualTo("override");
                        assertThat(told.value("three")).isEqualTo("3");
                        told.post("/runtime_modify?winner=admin&late=1");
                        told.see("1 modified", "runtime.load_success: 3");
                        assertThat(told.value("winner")).isEqualTo("admin");
                        told.post("/runtime_modify?winner=");
                        told.see("2 taken back", "runtime.load_success: 4");
                        // Each layer watches the link for itself.
                        told.link("v2");
                        told.see("3 moved", "runtime.load_success: 7");
                        assertThat(told.value("a.one")).isEqualTo("100");
                        assertThat(told.value("winner")).isEqualTo("fixed");
                        told.link("nothing");
                        told.see("4 dangling", "runtime.load_success: 10");
                        assertThat(told.value("a.two")).isEqualTo("20");
                        assertThat(told.value("late")).isEqualTo("1");
                        told.link("v1");
                        told.see("5 back", "runtime.load_success: 13");
                        assertThat(told.value("winner")).isEqualTo("override");
                    }
                });
    }

    @Test
    void discoveredLayersHaveTheirPlaceAmongTheOthers() throws IOException {
        compare(
                new Story() {
                    @Override
                    public List<String> layers(Path home) throws IOException {
                        write(
                                home,
                                "one",
                                resource("one", "{\"winner\": \"one\", \"rt\": {\"a\": 1.5}}"));
                        write(home, "two", resource("two", "{\"winner\": \"two\"}"));
                        var layers = new ArrayList<String>();
                        layers.add("{name: fixed, static_layer: {winner: fixed}}");
                        layers.add(discovered(home, "first", "one"));
                        layers.add("{name: admin, admin_layer: {}}");
                        layers.add(discovered(home, "last", "two"));
                        return layers;
                    }

                    private String discovered(Path home, String layer, String name) {
                        return "{name: %s, rtds_layer: {name: %s, rtds_config: {resource_api_version: V3, path_config_source: {path: %s}}}}"
                                .formatted(layer, name, home.resolve(name));
                    }

                    @Override
                    public void tell(Told told) throws IOException {
                        told.see("0 at first", "runtime.update_success: 2");
                        assertThat(told.value("winner")).isEqualTo("two");
                        told.bring("one", "one", "{\"winner\": \"uno\", \"more\": 1}");
                        told.see("1 one", "runtime.update_success: 3");
                        assertThat(told.value("rt.a")).isEmpty();
                        told.post("/runtime_modify?winner=admin&more=2");
                        told.see("2 modified", "runtime.load_success: 6");
                        assertThat(told.value("winner")).isEqualTo("two");
                        assertThat(told.value("more")).isEqualTo("2");
                        told.bring("two", "two", "{\"more\": 3}");
                        told.see("3 two", "runtime.update_success: 4");
                        assertThat(told.value("winner")).isEqualTo("admin");
                        assertThat(told.value("more")).isEqualTo("3");
                        told.bring("two", "another", "{\"more\": 4}");
                        told.see("4 refused", "runtime.update_rejected: 1");
                        assertThat(told.value("more")).isEqualTo("3");
                    }
                });
    }

    @Test
    void valuesAreShownAsTheyWereWrittenAndNumbersWithSixDigits() throws IOException {
        compare(
                new Story() {
                    @Override
                    public List<String> layers(Path home) throws IOException {
                        write(
                                home,
                                "numbers",
                                resource(
                                        "numbers",
                                        """
                                        {"n": {"a": 1.5, "b": 0.1, "c": 1e20, "d": 0.00001234, "e": 5000000000,
                                               "f": 123456.5, "g": 123457.5, "h": 0.0001, "i": 999999.5, "j": -3},
                                         "t": {"a": "5", "b": " 1.50 ", "c": "True", "d": "", "e": "x€\\n\\"y\\""},
                                         "p": {"numerator": 3, "denominator": "MILLION"},
                                         "q": {"numerator": 0.3333333333333333,
                                               "other": [1e15, "ü\\"'\\n", null, {"b": 9007199254740993}, true]},
                                         "e": {}}
                                        """));
                        write(home, "files/comments", "# one\n5\n# two\n");
                        write(home, "files/only-comment", "# one\n");
                        write(home, "files/repeated", "5\n6\n5\n");
                        write(home, "files/returns", "a\r\nb\r\n");
                        write(home, "files/control", "a\0b");
                        write(home, "files/words", "ü€");
                        Files.write(
                                home.resolve("files/bytes"), new byte[] {'a', -1, -61, 'b', 'c'});
                        return List.of(
                                "{name: fixed, static_layer: {large: 5000000000, zero: 0, f: 1.50,"
                                        + " e: 1.0e+20, 'no': no, hex: 0x10, p: {numerator:"
                                        + " 5000000000}}}",
                                "{name: numbers, rtds_layer: {name: numbers, rtds_config:"
                                        + " {resource_api_version: V3, path_config_source: {path: "
                                        + home.resolve("numbers")
                                        + "}}}}",
                                "{name: files, disk_layer: {symlink_root: "
                                        + home
                                        + ", subdirectory: files}}",
                                "{name: admin, admin_layer: {}}");
                    }

                    @Override
                    public void tell(Told told) throws IOException {
                        told.see("0 at first", "runtime.update_success: 1");
                        assertThat(told.value("large")).isEqualTo("5000000000");
                        assertThat(told.value("n.e")).isEqualTo("5e+09");
                        assertThat(told.value("p")).contains("    number_value: 3\n");
                        assertThat(told.value("comments")).isEqualTo("5\n");
                        assertThat(told.value("bytes")).isEqualTo("a  c");
                        told.post("/runtime_modify?a=1+2&b=%2B%252x&c=%FF&=d&e=%25");
                        // What is no YAML takes the old value along, from the next load.
                        told.post("/runtime_modify?f=7");
                        assertThat(told.ask("POST", "/runtime_modify?f=%7Bx"))
                                .startsWith("yaml-cpp: error at line 1, column ");
                        told.see("1 modified", "runtime.load_success: 5");
                        assertThat(told.value("a")).isEqualTo("1+2");
                        assertThat(told.value("f")).isEqualTo("7");
                        told.post("/runtime_modify?g=1");
                        told.see("2 modified again", "runtime.load_success: 6");
                        assertThat(told.value("f")).isEqualTo("1.50");
                    }
                });
    }
}
