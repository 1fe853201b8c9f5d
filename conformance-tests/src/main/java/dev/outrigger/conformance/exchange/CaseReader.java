// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.exchange;

import dev.outrigger.conformance.exchange.CaseGroup.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Reads the folders of cases: {@code <kind>/<case>/exchange.yaml} with its configuration beside it
 * or, shared by the kind, one folder up. A fault in a case is an IllegalArgumentException that says
 * where.
 */
public final class CaseReader {
    /** The names of configurations: a whole bootstrap, or documents with policies or resources. */
    private static final SortedMap<String, Source> CONFIGS =
            new TreeMap<>(
                    Map.of(
                            "bootstrap.yaml", Source.BOOTSTRAP,
                            "policy.yaml", Source.ADS_DELTA,
                            "policy-sotw.yaml", Source.ADS_SOTW,
                            "xds.yaml", Source.ADS_DELTA,
                            "xds-sotw.yaml", Source.ADS_SOTW));

    private static final String DEFAULT_LISTENER = "main";

    private CaseReader() {}

    /** All cases below the folder, grouped by configuration, in the order of their names. */
    public static List<CaseGroup> readAll(Path root) throws IOException {
        var exchanges = new TreeMap<Path, List<Exchange>>();
        List<Path> files;
        try (var tree = Files.walk(root)) {
            files = tree.filter(f -> f.endsWith("exchange.yaml")).sorted().toList();
        }
        for (var file : files) {
            exchanges
                    .computeIfAbsent(config(root, file), _ -> new ArrayList<>())
                    .addAll(read(root, file));
        }
        var groups = new ArrayList<CaseGroup>();
        for (var entry : exchanges.entrySet()) {
            var config = entry.getKey();
            var folder = root.relativize(Optional.ofNullable(config.getParent()).orElse(root));
            var source =
                    Optional.ofNullable(CONFIGS.get(String.valueOf(config.getFileName())))
                            .orElseThrow();
            groups.add(new CaseGroup(folder.toString(), config, source, entry.getValue()));
        }
        return groups;
    }

    private static Path config(Path root, Path file) {
        for (var folder = file.getParent();
                folder != null && folder.startsWith(root);
                folder = folder.getParent()) {
            for (var name : CONFIGS.keySet()) {
                if (Files.exists(folder.resolve(name))) {
                    return folder.resolve(name);
                }
            }
        }
        throw new IllegalArgumentException(
                file
                        + ": no configuration (expected: one of "
                        + CONFIGS.keySet()
                        + " there or above)");
    }

    /** The exchanges of one file below the folder. */
    public static List<Exchange> read(Path root, Path file) throws IOException {
        var caseName = String.valueOf(root.relativize(file).getParent());
        var settings =
                LoadSettings.builder().setLabel(caseName).setSchema(new CoreSchema()).build();
        var node = YamlNode.of(caseName, new Load(settings).loadFromString(Files.readString(file)));
        var names = new HashSet<String>();
        var exchanges = new ArrayList<Exchange>();
        for (var each : node.list("exchanges")) {
            var exchange = exchange(caseName, YamlNode.of(caseName, each));
            if (!names.add(exchange.id())) {
                throw new IllegalArgumentException(exchange.id() + ": there are two of this name");
            }
            exchanges.add(exchange);
        }
        node.rejectUnreadKeys();
        if (exchanges.isEmpty()) {
            throw new IllegalArgumentException(caseName + ": no exchanges");
        }
        return exchanges;
    }

    private static Exchange exchange(String caseName, YamlNode unnamed) {
        var id = caseName + "/" + unnamed.text("name");
        var values = new LinkedHashMap<String, @Nullable Object>();
        unnamed.keys().forEach(key -> values.put(key, unnamed.raw(key)));
        var node = YamlNode.of(id, values);
        var _ = node.text("name");
        var exchange =
                new Exchange(
                        id,
                        node.text("why"),
                        node.optionalText("listener").orElse(DEFAULT_LISTENER),
                        transport(node),
                        StepReader.read(node),
                        answers(node),
                        ExpectationReader.read(
                                node.node("expect")
                                        .orElseThrow(() ->
                                                new IllegalArgumentException(
                                                        id + ": nothing expected"))),
                        ignored(node));
        node.rejectUnreadKeys();
        return exchange;
    }

    private static Transport transport(YamlNode node) {
        var name = node.optionalText("transport").orElse("plain");
        try {
            return Transport.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    node.path()
                            + ": transport "
                            + name
                            + " (expected: plain, tls, http2, http2_tls)",
                    e);
        }
    }

    private static Map<String, List<UpstreamAnswer>> answers(YamlNode node) {
        var answers = new HashMap<String, List<UpstreamAnswer>>();
        node.node("upstream")
                .ifPresent(each -> {
                    for (var name : each.keys()) {
                        answers.put(name, AnswerReader.readAll(each.at(name), each.raw(name)));
                    }
                });
        return answers;
    }

    private static Map<String, String> ignored(YamlNode node) {
        var ignored = new HashMap<String, String>();
        node.node("ignore")
                .ifPresent(each -> each.keys().forEach(key -> ignored.put(key, each.text(key))));
        return ignored;
    }
}
