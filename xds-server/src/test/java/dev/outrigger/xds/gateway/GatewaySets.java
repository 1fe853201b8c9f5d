// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.gateway;

import dev.outrigger.policy.check.PolicyReader;
import dev.outrigger.policy.document.Checked;
import dev.outrigger.policy.document.Violation;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.xds.kind.xdsresources.XdsResourceSchema;
import dev.outrigger.xds.resource.ResourceType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The sets of envoy-gateway-golden. They are not ours and not in this repository: a set is four
 * files, {@code NAME.listeners.yaml} and so on, each a list of resources.
 */
final class GatewaySets {
    private static final Optional<Path> FOLDER =
            List.of("../shared", "../../shared").stream()
                    .map(folder -> Path.of(folder, "data", "envoy-gateway-golden"))
                    .filter(Files::isDirectory)
                    .findFirst();

    private static final Map<String, ResourceType> TYPES =
            Map.of(
                    "listeners", ResourceType.LISTENER,
                    "routes", ResourceType.ROUTE,
                    "clusters", ResourceType.CLUSTER,
                    "endpoints", ResourceType.ENDPOINT);

    private static final Pattern ANY_ADDRESS = Pattern.compile("address: (0\\.0\\.0\\.0|'::'|::)$");
    private static final Pattern PORT = Pattern.compile("portValue: (\\d+)$");

    private GatewaySets() {}

    static boolean areThere() {
        return FOLDER.isPresent();
    }

    static List<String> names() throws IOException {
        try (var files = Files.list(FOLDER.orElseThrow())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".listeners.yaml"))
                    .map(name -> name.substring(0, name.indexOf('.')))
                    .sorted()
                    .toList();
        }
    }

    /**
     * A set as a document.
     *
     * @param ports where listeners listen instead, by the port that the set gives them; filled with
     *     the supply as new ones are met
     */
    static String document(String name, Map<Integer, Integer> ports, List<Integer> supply)
            throws IOException {
        var text =
                new StringBuilder(
                        """
                        apiVersion: outrigger.dev/v1alpha1
                        kind: XdsResources
                        metadata: {name: gateway}
                        spec:
                          selector: {cluster: a}
                          resources:
                        """);
        for (Map.Entry<String, ResourceType> type : new TreeMap<>(TYPES).entrySet()) {
            var file = FOLDER.orElseThrow().resolve(name + "." + type.getKey() + ".yaml");
            if (!Files.exists(file)) {
                continue;
            }
            boolean isListener = type.getValue() == ResourceType.LISTENER;
            for (String line : Files.readAllLines(file)) {
                var here = isListener ? listeningHere(line, ports, supply) : line;
                if (here.startsWith("- ")) {
                    text.append("  - \"@type\": ")
                            .append(type.getValue().typeUrl())
                            .append("\n    ")
                            .append(here.substring(2));
                } else if (!here.startsWith("[]")) {
                    text.append("  ").append(here);
                }
                text.append('\n');
            }
        }
        if (text.indexOf("@type") < 0) {
            // A document must have a resource; nothing refers to this one.
            text.append("  - \"@type\": ")
                    .append(ResourceType.CLUSTER.typeUrl())
                    .append("\n    name: nothing\n    type: STATIC\n");
        }
        return text.toString();
    }

    private static String listeningHere(
            String line, Map<Integer, Integer> ports, List<Integer> supply) {
        var local = ANY_ADDRESS.matcher(line).replaceFirst("address: 127.0.0.1");
        return PORT.matcher(local)
                .replaceFirst(port ->
                        "portValue: "
                                + ports.computeIfAbsent(
                                        Integer.valueOf(port.group(1)),
                                        _ -> supply.get(ports.size())));
    }

    /**
     * As stored; empty if it has fields or types that the API we are built with does not know yet.
     */
    static Optional<PolicySet> policies(String document) {
        return switch (PolicyReader.withXdsResourceCheck(new XdsResourceSchema()).read(document)) {
            case Checked.Valid<PolicySet>(var set) -> Optional.of(set);
            case Checked.Invalid<PolicySet>(var violations) -> {
                if (violations.stream()
                        .map(Violation::detail)
                        .allMatch(detail ->
                                detail.contains("has no field")
                                        || detail.startsWith("Unknown type"))) {
                    yield Optional.empty();
                }
                throw new AssertionError(violations.toString());
            }
        };
    }
}
