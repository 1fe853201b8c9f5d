// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.output;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrigger.cli.client.XdsType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Connected proxies as table rows, and what each of them rejected. */
public final class Proxies {
    private static final Map<String, String> COLUMN_OF_TYPE =
            Map.of(
                    "Listener", "LDS",
                    "RouteConfiguration", "RDS",
                    "Cluster", "CDS",
                    "ClusterLoadAssignment", "EDS");
    private static final List<String> COLUMNS = List.of("LDS", "RDS", "CDS", "EDS");

    private Proxies() {}

    public static List<String> table(List<JsonNode> proxies) {
        return table(proxies, false);
    }

    /**
     * @param isWide with what selects it, since when it is as it is, and what it is not given
     */
    public static List<String> table(List<JsonNode> proxies, boolean isWide) {
        var head = new ArrayList<>(List.of("ID", "CLUSTER", "AGENT", "PEER", "CONNECTED"));
        head.addAll(COLUMNS);
        if (isWide) {
            head.addAll(List.of("SINCE", "SIDECARS", "WITHHELD"));
        }
        var table = new Table(head.toArray(String[]::new));
        for (var proxy : proxies) {
            var row = new ArrayList<String>();
            row.add(proxy.path("id").asText());
            row.add(proxy.path("cluster").asText());
            row.add(proxy.path("userAgent").asText());
            row.add(proxy.path("peer").asText());
            row.add(proxy.path("connected").asBoolean() ? "yes" : "no");
            for (var column : COLUMNS) {
                row.add(state(proxy, column));
            }
            if (isWide) {
                row.add(proxy.path("since").asText());
                row.add(
                        proxy.path("sidecars")
                                .valueStream()
                                .map(JsonNode::asText)
                                .collect(Collectors.joining(",")));
                row.add(Integer.toString(proxy.path("withheld").size()));
            }
            table.add(row.stream().map(cell -> cell.isEmpty() ? "-" : cell).toList());
        }
        return table.lines();
    }

    /**
     * How many proxies of a Sidecar have a revision.
     *
     * @param report of {@code /api/v1/revisions/{n}/sync}
     */
    public static String standing(JsonNode report, String sidecar) {
        long revision = report.path("revision").asLong();
        boolean isPublished = report.path("publishedRevision").asLong() >= revision;
        int all = 0;
        int synced = 0;
        for (var proxy : report.path("proxies")) {
            boolean isOfSidecar =
                    proxy.path("connected").asBoolean()
                            && proxy.path("sidecars")
                                    .valueStream()
                                    .anyMatch(name -> name.asText().equals(sidecar));
            if (isOfSidecar) {
                all++;
                synced += isPublished && isSynced(proxy) ? 1 : 0;
            }
        }
        return all == 0
                ? "no proxy of " + sidecar + " is connected"
                : synced + " of " + all + " proxies SYNCED at r" + revision;
    }

    private static boolean isSynced(JsonNode proxy) {
        return proxy.path("types")
                .valueStream()
                .map(type -> type.path("state").asText())
                .allMatch(state -> state.equals("SYNCED") || state.equals("NOT_SUBSCRIBED"));
    }

    /** Resources that a proxy was given, in the order of types and names. */
    public static List<String> resources(List<JsonNode> resources) {
        var table = new Table("TYPE", "NAME", "VERSION", "DOCUMENTS");
        for (var resource : resources) {
            table.add(
                    List.of(
                            typeWord(resource),
                            resource.path("name").asText(),
                            resource.path("version").asText(),
                            resource.path("documents")
                                    .valueStream()
                                    .map(JsonNode::asText)
                                    .collect(Collectors.joining(","))));
        }
        return table.lines();
    }

    /** As {@code clusters/default/b/80}. */
    public static String resourceName(JsonNode resource) {
        return typeWord(resource) + "/" + resource.path("name").asText();
    }

    private static String typeWord(JsonNode resource) {
        var url = resource.path("type").asText();
        return XdsType.ofUrl(url).map(XdsType::word).orElse(url);
    }

    /** One line for each type that a proxy rejected, in the proxy's own words. */
    public static List<String> rejections(Iterable<JsonNode> proxies) {
        var lines = new ArrayList<String>();
        for (var proxy : proxies) {
            proxy.path("types")
                    .propertyStream()
                    .filter(type -> type.getValue().path("state").asText().equals("REJECTED"))
                    .forEach(type -> lines.add(rejection(proxy, type.getKey(), type.getValue())));
        }
        return lines;
    }

    /** One line for each part of a revision, or of a later one, that proxies are not given. */
    public static List<String> withheld(Iterable<JsonNode> entries, long revision) {
        var lines = new ArrayList<String>();
        for (var entry : entries) {
            boolean isFinal = !entry.path("reason").asText().equals("ON_TRIAL");
            if (isFinal && entry.path("revision").asLong() >= revision) {
                var places = new ArrayList<String>();
                for (var field : entry.path("fields")) {
                    places.add(
                            field.path("document").asText() + " " + field.path("pointer").asText());
                }
                lines.add(
                        entry.path("reason").asText().toLowerCase(Locale.ROOT)
                                + (places.isEmpty() ? "" : " from " + String.join(", ", places))
                                + ": "
                                + entry.path("detail").asText());
            }
        }
        return lines;
    }

    private static String rejection(JsonNode proxy, String typeUrl, JsonNode status) {
        var rejection = status.path("rejection");
        var policies = new ArrayList<String>();
        for (var field : rejection.path("fields")) {
            policies.add(field.path("document").asText() + " " + field.path("pointer").asText());
        }
        for (var policy : policies.isEmpty() ? rejection.path("policies") : List.<JsonNode>of()) {
            policies.add(
                    policy.isTextual()
                            ? policy.asText()
                            : policy.path("kind").asText() + "/" + policy.path("name").asText());
        }
        return proxy.path("id").asText()
                + " rejected "
                + simpleName(typeUrl)
                + (policies.isEmpty() ? "" : " from " + String.join(", ", policies))
                + ": "
                + rejection.path("error").asText("no reason given");
    }

    private static String state(JsonNode proxy, String column) {
        return proxy.path("types")
                .propertyStream()
                .filter(type -> column.equals(COLUMN_OF_TYPE.get(simpleName(type.getKey()))))
                .map(type -> type.getValue().path("state").asText())
                .findFirst()
                .orElse("-");
    }

    private static String simpleName(String typeUrl) {
        return typeUrl.substring(typeUrl.lastIndexOf('.') + 1);
    }
}
