// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import java.util.ArrayList;
import java.util.List;

/** Collects the fields of a {@link Node.Fields}. Used by one thread. */
final class Message {
    private final List<Node.Field> fields = new ArrayList<>();

    /** A message inside an {@code Any}. */
    static Message typed(String type) {
        return new Message().need("@type", "type.googleapis.com/" + type);
    }

    /** A field that the message cannot do without. */
    Message need(String name, Object value) {
        fields.add(new Node.Field(name, node(value), true));
        return this;
    }

    /** A field that may be left out. */
    Message with(String name, Object value) {
        fields.add(new Node.Field(name, node(value), false));
        return this;
    }

    /** The same in so many of a hundred cases. */
    Message maybe(Choices choices, int in100, String name, Object value) {
        return choices.in100(in100) ? with(name, value) : this;
    }

    boolean has(String name) {
        return fields.stream().anyMatch(field -> field.name().equals(name));
    }

    boolean isEmpty() {
        return fields.isEmpty();
    }

    Node.Fields node() {
        return new Node.Fields(fields);
    }

    /** A list of which so many elements must stay. */
    static Node.Items items(int atLeast, List<?> each) {
        return new Node.Items(each.stream().map(Message::node).toList(), atLeast);
    }

    private static Node node(Object value) {
        return switch (value) {
            case Node node -> node;
            case Message message -> message.node();
            case String text -> new Node.Text(text);
            case Number number -> new Node.Raw(number.toString());
            case Boolean truth -> new Node.Raw(truth.toString());
            case List<?> list -> items(0, list);
            default -> throw new IllegalArgumentException("no part of a message: " + value);
        };
    }
}
