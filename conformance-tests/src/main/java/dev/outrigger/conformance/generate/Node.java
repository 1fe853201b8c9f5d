// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import java.util.ArrayList;
import java.util.List;

/**
 * A part of a configuration that knows which of its own parts it can do without, so that a failing
 * configuration can be made small and stays valid. Immutable.
 */
public sealed interface Node {

    /** A string. */
    record Text(String value) implements Node {}

    /** A number, a truth value, or a placeholder that stands for one or for a whole block. */
    record Raw(String value) implements Node {}

    /**
     * A list.
     *
     * @param atLeast how many of its elements must stay
     */
    record Items(List<Node> each, int atLeast) implements Node {
        public Items {
            each = List.copyOf(each);
        }
    }

    /** A message. */
    record Fields(List<Field> each) implements Node {
        public Fields {
            each = List.copyOf(each);
        }
    }

    /**
     * A field of a message.
     *
     * @param needed whether the message is not valid or means something else without it
     */
    record Field(String name, Node value, boolean needed) {}

    /** The steps from the root to a part: each is the index of a field or an element. */
    record Place(List<Integer> steps) {
        public Place {
            steps = List.copyOf(steps);
        }

        Place then(int index) {
            var longer = new ArrayList<>(steps);
            longer.add(index);
            return new Place(longer);
        }

        /** Whether the other is this place or inside it. */
        boolean holds(Place other) {
            return other.steps.size() >= steps.size()
                    && other.steps.subList(0, steps.size()).equals(steps);
        }
    }

    /** All parts that may be taken out, each one before the parts inside it. */
    default List<Place> removable() {
        var places = new ArrayList<Place>();
        collect(this, new Place(List.of()), places);
        return places;
    }

    /** This without the part. */
    default Node without(Place place) {
        return without(this, place.steps());
    }

    /** As JSON, which is YAML too. */
    default String json() {
        var text = new StringBuilder();
        write(this, text);
        return text.toString();
    }

    /** The part under the names. */
    default Node at(String... names) {
        var node = this;
        for (var name : names) {
            if (!(node instanceof Fields(var each))) {
                throw new IllegalArgumentException(name + ": not in a message");
            }
            node =
                    each.stream()
                            .filter(field -> field.name().equals(name))
                            .findFirst()
                            .orElseThrow(() -> new IllegalArgumentException(name + ": no field"))
                            .value();
        }
        return node;
    }

    private static void collect(Node node, Place place, List<Place> places) {
        switch (node) {
            case Text _, Raw _ -> {}
            case Items(var each, var atLeast) -> {
                for (int i = 0; i < each.size(); i++) {
                    if (each.size() > atLeast) {
                        places.add(place.then(i));
                    }
                    collect(each.get(i), place.then(i), places);
                }
            }
            case Fields(var each) -> {
                for (int i = 0; i < each.size(); i++) {
                    if (!each.get(i).needed()) {
                        places.add(place.then(i));
                    }
                    collect(each.get(i).value(), place.then(i), places);
                }
            }
        }
    }

    private static Node without(Node node, List<Integer> steps) {
        int index = steps.getFirst();
        var rest = steps.subList(1, steps.size());
        return switch (node) {
            case Text _, Raw _ -> throw new IllegalArgumentException("nothing inside: " + node);
            case Items(var each, var atLeast) -> {
                var left = new ArrayList<>(each);
                if (rest.isEmpty()) {
                    left.remove(index);
                } else {
                    left.set(index, without(each.get(index), rest));
                }
                yield new Items(left, atLeast);
            }
            case Fields(var each) -> {
                var left = new ArrayList<>(each);
                if (rest.isEmpty()) {
                    left.remove(index);
                } else {
                    var field = each.get(index);
                    left.set(
                            index,
                            new Field(field.name(), without(field.value(), rest), field.needed()));
                }
                yield new Fields(left);
            }
        };
    }

    private static void write(Node node, StringBuilder text) {
        switch (node) {
            case Text(var value) -> quote(value, text);
            case Raw(var value) -> text.append(value);
            case Items(var each, _) -> {
                var separator = "[";
                for (var item : each) {
                    text.append(separator);
                    write(item, text);
                    separator = ", ";
                }
                text.append(each.isEmpty() ? "[]" : "]");
            }
            case Fields(var each) -> {
                var separator = "{";
                for (var field : each) {
                    text.append(separator);
                    quote(field.name(), text);
                    text.append(": ");
                    write(field.value(), text);
                    separator = ", ";
                }
                text.append(each.isEmpty() ? "{}" : "}");
            }
        }
    }

    /** A string of JSON; also one of YAML. */
    static void quote(String value, StringBuilder text) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c == '\n') {
                text.append("\\n");
            } else if (c == '\r') {
                text.append("\\r");
            } else if (c == '\t') {
                text.append("\\t");
            } else if (c < ' ' || c > '~') {
                text.append("\\u").append(String.format("%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }
}
