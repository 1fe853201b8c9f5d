// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.output;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a check has found out, one line each, with what to do about what is wrong. */
public final class Findings {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** After so long without an answer a proxy is not merely busy. */
    private static final double PENDING_SECONDS = 30;

    private final List<Finding> findings = new ArrayList<>();

    /** Lower case where nothing is wrong, so that what is stands out without colours. */
    private enum Status {
        OK("ok"),
        UNKNOWN("unknown"),
        FAILED("FAILED");

        private final String word;

        Status(String word) {
            this.word = word;
        }
    }

    private record Finding(String name, Status status, String detail, String fix) {}

    public void ok(String name, String detail) {
        findings.add(new Finding(name, Status.OK, detail, ""));
    }

    public void unknown(String name, String detail) {
        findings.add(new Finding(name, Status.UNKNOWN, detail, ""));
    }

    public void failed(String name, String detail, String fix) {
        findings.add(new Finding(name, Status.FAILED, detail, fix));
    }

    /** How one proxy stands, as the API describes it. */
    public void proxy(JsonNode proxy) {
        var id = proxy.path("id").asText();
        var name = "proxy " + id;
        var rejections = Proxies.rejections(List.of(proxy));
        boolean isStuck =
                proxy.path("types")
                        .valueStream()
                        .anyMatch(type ->
                                type.path("state").asText().equals("PENDING")
                                        && type.path("ageSeconds").asDouble() > PENDING_SECONDS);
        var describe = "outrigger describe proxy/" + id;
        if (!rejections.isEmpty()) {
            failed(name, rejections.getFirst(), describe);
        } else if (!proxy.path("connected").asBoolean()) {
            unknown(name, "disconnected since " + proxy.path("since").asText());
        } else if (isStuck) {
            failed(name, "has not answered for more than 30 s", describe);
        } else if (!proxy.path("withheld").isEmpty()) {
            failed(
                    name,
                    "is not given everything: "
                            + proxy.path("withheld").path(0).path("detail").asText(),
                    "outrigger proxy diff " + id);
        } else if (proxy.path("sidecars").isEmpty()) {
            failed(
                    name,
                    "is selected by no Sidecar and is given nothing",
                    "compare a Sidecar's selector with its node: outrigger get sidecars");
        } else {
            ok(name, proxy.path("userAgent").asText() + " has everything");
        }
    }

    /** The names of what is wrong. */
    public List<String> failed() {
        return findings.stream()
                .filter(one -> one.status() == Status.FAILED)
                .map(Finding::name)
                .toList();
    }

    public List<String> lines() {
        var table = new Table("CHECK", "STATUS", "DETAIL");
        findings.forEach(one -> table.add(List.of(one.name(), one.status().word, one.detail())));
        var lines = new ArrayList<String>();
        var rows = table.lines();
        lines.add(rows.getFirst());
        for (int i = 0; i < findings.size(); i++) {
            lines.add(rows.get(i + 1));
            if (!findings.get(i).fix().isEmpty()) {
                lines.add("  -> " + findings.get(i).fix());
            }
        }
        return lines;
    }

    public ObjectNode json() {
        var root = JSON.createObjectNode().put("ok", failed().isEmpty());
        var checks = root.putArray("checks");
        for (Finding one : findings) {
            var item =
                    checks.addObject()
                            .put("name", one.name())
                            .put("status", one.status().word.toLowerCase(Locale.ROOT))
                            .put("detail", one.detail());
            if (!one.fix().isEmpty()) {
                item.put("fix", one.fix());
            }
        }
        return root;
    }
}
