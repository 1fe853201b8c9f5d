// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.schema;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.policy.document.NodeType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All that was learned about one value. Confined to the exploration. */
final class ValueShape {
    private final Set<NodeType> types = EnumSet.noneOf(NodeType.class);
    private final Map<String, ValueShape> fields = new LinkedHashMap<>();
    private final Set<String> known = new LinkedHashSet<>();
    private @Nullable Set<String> required;
    private @Nullable ValueShape additional;
    private @Nullable ValueShape item;
    private int maxFields = -1;
    private int minItems;
    private int maxItems;
    private final Set<String> words = new TreeSet<>();
    private final Set<String> forms = new TreeSet<>();
    private boolean isLookedInto;
    private boolean isFreeText;
    private boolean hasWords;
    private int maxLength;
    private long min = Long.MAX_VALUE;
    private long max = Long.MIN_VALUE;

    ValueShape field(String name) {
        return fields.computeIfAbsent(name, _ -> new ValueShape());
    }

    ValueShape item() {
        var shape = item == null ? new ValueShape() : item;
        item = shape;
        return shape;
    }

    ValueShape additional(int maxCount) {
        types.add(NodeType.OBJECT);
        maxFields = Math.max(maxFields, maxCount);
        var shape = additional == null ? new ValueShape() : additional;
        additional = shape;
        return shape;
    }

    void accepts(NodeType type) {
        types.add(type);
    }

    void object(Set<String> fieldNames) {
        types.add(NodeType.OBJECT);
        known.addAll(fieldNames);
    }

    /** Somebody looked at the value as it stands. */
    void lookedInto() {
        isLookedInto = true;
    }

    /**
     * Whether something beside it may depend on what is in it: nobody has to ask a question to look
     * into a list or an object, so no run shows it.
     */
    private boolean mayDecide() {
        return isLookedInto && (item != null || !known.isEmpty());
    }

    /** Only what every run requires is required. */
    void requires(Set<String> names) {
        if (required == null) {
            required = new TreeSet<>(names);
        } else {
            required.retainAll(names);
        }
    }

    void list(int minCount, int maxCount) {
        minItems = types.contains(NodeType.LIST) ? Math.min(minItems, minCount) : minCount;
        maxItems = Math.max(maxItems, maxCount);
        types.add(NodeType.LIST);
    }

    void text(int maxChars) {
        types.add(NodeType.STRING);
        isFreeText = true;
        maxLength = Math.max(maxLength, maxChars);
    }

    void form(String pattern) {
        forms.add(pattern);
    }

    void words(Set<String> some) {
        types.add(NodeType.STRING);
        hasWords = true;
        words.addAll(some);
    }

    void number(long least, long most) {
        types.add(NodeType.INTEGER);
        min = Math.min(min, least);
        max = Math.max(max, most);
    }

    /** As a JSON Schema; one that accepts everything where nothing was learned. */
    ObjectNode toJson() {
        List<ObjectNode> alternatives = new ArrayList<>();
        for (NodeType type : types) {
            // A decimal number may also be a whole one.
            if (type != NodeType.INTEGER || !types.contains(NodeType.DECIMAL)) {
                alternatives.add(toJson(type));
            }
        }
        if (alternatives.size() == 1) {
            return alternatives.getFirst();
        }
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        if (!alternatives.isEmpty()) {
            ArrayNode any = root.putArray("anyOf");
            alternatives.forEach(any::add);
        }
        return root;
    }

    private ObjectNode toJson(NodeType type) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        switch (type) {
            case STRING -> string(root.put("type", "string"));
            case INTEGER -> {
                root.put("type", "integer");
                if (min <= max) {
                    root.put("minimum", min).put("maximum", max);
                }
            }
            case DECIMAL -> root.put("type", "number");
            case BOOLEAN -> root.put("type", "boolean");
            case LIST -> {
                root.put("type", "array").put("minItems", minItems).put("maxItems", maxItems);
                if (item != null) {
                    root.set("items", item.toJson());
                }
            }
            case OBJECT -> object(root.put("type", "object"));
        }
        return root;
    }

    private void string(ObjectNode root) {
        if (hasWords && !isFreeText) {
            words.forEach(root.putArray("enum")::add);
            return;
        }
        if (maxLength > 0) {
            root.put("maxLength", maxLength);
        }
        if (forms.size() == 1 && !hasWords) {
            root.put("pattern", anchored(forms.iterator().next()));
        }
    }

    private static String anchored(String pattern) {
        return pattern.startsWith("^") ? pattern : "^(?:" + pattern + ")$";
    }

    private void object(ObjectNode root) {
        if (additional != null) {
            root.put("maxProperties", maxFields);
            root.set("additionalProperties", additional.toJson());
            return;
        }
        if (known.isEmpty()) {
            return; // Nobody says what may be in it.
        }
        ObjectNode properties = root.putObject("properties");
        known.forEach(name -> properties.set(name, field(name).toJson()));
        root.put("additionalProperties", false);
        boolean isKnown = fields.values().stream().noneMatch(ValueShape::mayDecide);
        if (isKnown && required != null && !required.isEmpty()) {
            required.forEach(root.putArray("required")::add);
        }
    }
}
