// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.httproute;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.field.Names;
import dev.outrigger.policy.kind.field.Regexes;
import dev.outrigger.policy.kind.httproute.HttpRouteSpec.ValueMatch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * Reads conditions on named values: each has {@code type} (Exact, the default, or
 * RegularExpression), {@code name} (once in a list) and {@code value}.
 */
public final class ValueMatches {
    private static final int MAX_VALUE = 4_096;
    private static final int MAX_ITEMS = 16;

    private ValueMatches() {}

    public static List<ValueMatch> headers(DocumentNode list) {
        return read(list, true);
    }

    static List<ValueMatch> queryParams(DocumentNode list) {
        return read(list, false);
    }

    private static List<ValueMatch> read(DocumentNode list, boolean areHeaders) {
        var values = new ArrayList<ValueMatch>();
        var seen = new HashSet<String>();
        for (DocumentNode item : list.items(0, MAX_ITEMS)) {
            if (!item.objectOf(List.of("type", "name", "value"))) {
                continue;
            }
            DocumentNode nameNode = item.field("name").required();
            var name =
                    areHeaders
                            ? Names.header(nameNode)
                            : Names.printable(nameNode, 256).filter(text -> !text.isEmpty());
            DocumentNode typeNode = item.field("type");
            boolean regex =
                    typeNode.oneOf(Map.of("Exact", false, "RegularExpression", true)).orElse(false);
            DocumentNode valueNode = item.field("value").required();
            var value = regex ? Regexes.re2(valueNode) : Names.printable(valueNode, MAX_VALUE);
            if (name.isPresent() && !seen.add(name.get())) {
                nameNode.violate(
                        ViolationCode.DUPLICATE, Quoted.of(name.get()) + " is matched twice.");
            }
            if (name.isPresent() && value.isPresent()) {
                values.add(new ValueMatch(name.get(), value.get(), regex));
            }
        }
        return values;
    }
}
