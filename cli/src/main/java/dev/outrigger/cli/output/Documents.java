// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.output;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrigger.cli.client.ResourceKind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Stored documents as table rows: what one looks for first in each kind. */
public final class Documents {
    private Documents() {}

    /**
     * @param isWide with labels and annotations
     */
    public static List<String> table(ResourceKind kind, List<JsonNode> documents, boolean isWide) {
        var columns =
                switch (kind) {
                    case SERVICE -> List.of("HOSTNAMES", "PORTS", "ENDPOINTS");
                    case HTTP_ROUTE, GRPC_ROUTE -> List.of("PARENTS", "RULES");
                    case TRAFFIC_POLICY -> List.of("TARGETS", "CONSUMERS", "BLOCKS");
                    case SIDECAR -> List.of("SELECTOR", "INBOUND", "OUTBOUND");
                    case XDS_RESOURCES -> List.of("SELECTOR", "RESOURCES");
                };
        var table = head(columns, isWide);
        for (var document : documents) {
            var metadata = document.path("metadata");
            var cells = new ArrayList<String>();
            cells.add(metadata.path("namespace").asText("default"));
            cells.add(metadata.path("name").asText());
            cells.add(metadata.path("generation").asText("-"));
            cells.addAll(cells(kind, document.path("spec")));
            if (isWide) {
                cells.add(pairs(metadata.path("labels")));
                cells.add(pairs(metadata.path("annotations")));
            }
            table.add(cells);
        }
        return table.lines();
    }

    /** {@code service/b}, with the namespace before it unless it is the default one. */
    public static String name(ResourceKind kind, JsonNode metadata) {
        var namespace = metadata.path("namespace").asText("default");
        return kind.singular()
                + "/"
                + (namespace.equals("default") ? "" : namespace + "/")
                + metadata.path("name").asText();
    }

    private static Table head(List<String> columns, boolean isWide) {
        var all = new ArrayList<>(List.of("NAMESPACE", "NAME", "GENERATION"));
        all.addAll(columns);
        if (isWide) {
            all.addAll(List.of("LABELS", "ANNOTATIONS"));
        }
        return new Table(all.toArray(String[]::new));
    }

    private static List<String> cells(ResourceKind kind, JsonNode spec) {
        return switch (kind) {
            case SERVICE ->
                    List.of(
                            texts(spec.path("hostnames")),
                            each(spec.path("ports"), port -> port.path("port").asText()),
                            endpoints(spec.path("endpoints")));
            case HTTP_ROUTE, GRPC_ROUTE ->
                    List.of(refs(spec.path("parentRefs")), count(spec.path("rules")));
            case TRAFFIC_POLICY ->
                    List.of(refs(spec.path("targetRefs")), consumers(spec), blocks(spec));
            case SIDECAR ->
                    List.of(
                            selector(spec.path("selector")),
                            each(
                                    spec.path("inbound"),
                                    in ->
                                            in.path("listenPort").asText()
                                                    + "->"
                                                    + in.path("appPort").asText()),
                            each(
                                    spec.path("outbound").path("listeners"),
                                    out -> out.path("port").asText()));
            case XDS_RESOURCES ->
                    List.of(selector(spec.path("selector")), count(spec.path("resources")));
        };
    }

    private static String endpoints(JsonNode endpoints) {
        if (endpoints.has("dns")) {
            var dns = endpoints.path("dns");
            return "dns " + dns.path("host").asText() + ":" + dns.path("port").asText();
        } else if (endpoints.has("static")) {
            return each(
                    endpoints.path("static"),
                    host -> host.path("address").asText() + ":" + host.path("port").asText());
        }
        return endpoints.has("eds")
                ? "eds " + endpoints.path("eds").path("serviceName").asText()
                : "-";
    }

    private static String refs(JsonNode refs) {
        return each(
                refs,
                ref ->
                        ref.path("kind").asText("Service")
                                + "/"
                                + ref.path("name").asText()
                                + (ref.has("sectionName")
                                        ? "#" + ref.path("sectionName").asText()
                                        : ""));
    }

    private static String consumers(JsonNode spec) {
        var consumers = spec.path("consumers");
        return consumers.isEmpty() ? "all" : each(consumers, ref -> ref.path("name").asText());
    }

    private static String blocks(JsonNode spec) {
        return dash(
                spec.propertyStream()
                        .map(java.util.Map.Entry::getKey)
                        .filter(name -> !name.equals("targetRefs") && !name.equals("consumers"))
                        .collect(Collectors.joining(",")));
    }

    private static String selector(JsonNode selector) {
        var parts = new ArrayList<String>();
        if (selector.has("cluster")) {
            parts.add("cluster=" + selector.path("cluster").asText());
        }
        selector.path("labels")
                .propertyStream()
                .map(label -> label.getKey() + "=" + label.getValue().asText())
                .forEach(parts::add);
        return dash(String.join(",", parts));
    }

    private static String pairs(JsonNode map) {
        return dash(
                map.propertyStream()
                        .map(pair -> pair.getKey() + "=" + pair.getValue().asText())
                        .collect(Collectors.joining(",")));
    }

    private static String count(JsonNode array) {
        return Integer.toString(array.size());
    }

    private static String texts(JsonNode array) {
        return each(array, JsonNode::asText);
    }

    private static String each(
            JsonNode array, java.util.function.Function<JsonNode, String> toText) {
        return dash(
                StreamSupport.stream(array.spliterator(), false)
                        .map(toText)
                        .collect(Collectors.joining(",")));
    }

    private static String dash(String text) {
        return text.isEmpty() ? "-" : text;
    }
}
