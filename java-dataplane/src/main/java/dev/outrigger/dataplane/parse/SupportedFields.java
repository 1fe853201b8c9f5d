// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.outrigger.dataplane.parse.FieldSupport.Content;
import dev.outrigger.dataplane.parse.FieldSupport.Effect;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Which fields of one message, at one place, the data plane supports. This is the whole list: a
 * field that is set and not in it is a rejection ({@link UnsupportedFields}), and {@code
 * docs/supported.md} is printed from it. Built once, then read only.
 */
final class SupportedFields {
    private final Class<? extends Message> type;
    private final String typeName;
    private final String place;
    private final Set<Integer> newer = new HashSet<>();
    private boolean messagesOnly;
    private final Map<String, FieldSupport> fields = new LinkedHashMap<>();

    private SupportedFields(Class<? extends Message> type, String place) {
        this.type = type;
        this.typeName = MessageTypes.nameOf(type);
        this.place = place;
    }

    /** Of a message by its class: a table that nothing needs costs no descriptor. */
    static SupportedFields of(Class<? extends Message> type) {
        return new SupportedFields(type, "");
    }

    /**
     * A message that is supported differently at different places.
     *
     * @param place for readers, for example {@code downstream}
     */
    static SupportedFields of(Class<? extends Message> type, String place) {
        return new SupportedFields(type, place);
    }

    /** Its extension is not read of a {@code TypedStruct}, as Envoy reads it by other means. */
    SupportedFields messagesOnly() {
        messagesOnly = true;
        return this;
    }

    boolean takesMessagesOnly() {
        return messagesOnly;
    }

    /** Fields obeyed with every value their constraints allow. */
    SupportedFields obeyed(String... names) {
        for (String name : names) {
            put(new FieldSupport(name, Effect.OBEYED, new Content.Whole(), ""));
        }
        return this;
    }

    /** A field obeyed that the classes of Envoy's API lack; a note of another field tells of it. */
    SupportedFields newer(int number) {
        newer.add(number);
        return this;
    }

    /** Whether a field without a descriptor is obeyed. */
    boolean obeysNewer(int number) {
        return newer.contains(number);
    }

    /** As {@link #obeyed(String...)}, with something a user should know. */
    SupportedFields obeyedWithNote(String name, String note) {
        return put(new FieldSupport(name, Effect.OBEYED, new Content.Whole(), note));
    }

    /** A message field whose own fields another table lists. */
    SupportedFields nested(String name, Supplier<SupportedFields> table) {
        return put(new FieldSupport(name, Effect.OBEYED, new Content.Nested(table), ""));
    }

    /** As {@link #nested(String, Supplier)}, with something a user should know. */
    SupportedFields nested(String name, Supplier<SupportedFields> table, String note) {
        return put(new FieldSupport(name, Effect.OBEYED, new Content.Nested(table), note));
    }

    /** An {@code Any} (or a map of them) that may hold one of these messages. */
    SupportedFields extension(String name, List<Supplier<SupportedFields>> types) {
        return put(new FieldSupport(name, Effect.OBEYED, new Content.Extension(types, false), ""));
    }

    /** As {@link #extension}, in a list of alternatives: a message nobody knows is passed over. */
    SupportedFields knownExtension(String name, List<Supplier<SupportedFields>> types) {
        return put(
                new FieldSupport(
                        name,
                        Effect.OBEYED,
                        new Content.Extension(types, true),
                        "others are passed over"));
    }

    /** Only values the predicate accepts; the note names them. */
    SupportedFields only(String name, String note, Predicate<Object> accepts) {
        return put(new FieldSupport(name, Effect.OBEYED, new Content.Only(accepts), note));
    }

    /** Only these values of an enum. */
    SupportedFields onlyEnum(String name, String... values) {
        var allowed = Set.of(values);
        return only(
                name,
                String.join(", ", values),
                v -> v instanceof EnumValueDescriptor e && allowed.contains(e.getName()));
    }

    /** A bool or BoolValue that may only say what the proxy does anyway. */
    SupportedFields onlyBool(String name, boolean value) {
        return only(name, "only " + value, v -> v.equals(value) || wrapped(v).equals(value));
    }

    /** A Duration that may only say what the proxy does anyway. */
    SupportedFields onlySeconds(String name, long seconds) {
        return only(
                name,
                "only " + seconds + "s",
                v ->
                        v instanceof Message m
                                && part(m, "seconds").longValue() == seconds
                                && part(m, "nanos").longValue() == 0);
    }

    private static Number part(Message duration, String field) {
        return (Number) duration.getField(duration.getDescriptorForType().findFieldByName(field));
    }

    /** Accepted without effect; the note says why nobody can tell. */
    SupportedFields noEffect(String name, String why) {
        return put(new FieldSupport(name, Effect.NO_EFFECT, new Content.Whole(), why));
    }

    /** The message's descriptor; the first call for a file of the API builds it. */
    Descriptor message() {
        return MessageTypes.descriptorOf(type);
    }

    /** The message's full name, as in type URLs. */
    String typeName() {
        return typeName;
    }

    String place() {
        return place;
    }

    /** In the order of the field numbers of the declaration in code. */
    Collection<FieldSupport> fields() {
        return List.copyOf(fields.values());
    }

    Optional<FieldSupport> find(FieldDescriptor field) {
        return Optional.ofNullable(fields.get(field.getName()));
    }

    private SupportedFields put(FieldSupport support) {
        if (fields.put(support.name(), support) != null) {
            throw new IllegalArgumentException(support.name() + " (expected: listed once)");
        }
        return this;
    }

    private static Object wrapped(Object value) {
        if (value instanceof Message wrapper) {
            return wrapper.getField(wrapper.getDescriptorForType().findFieldByName("value"));
        }
        return value;
    }

    @Override
    public String toString() {
        return typeName + Arrays.toString(fields.keySet().toArray());
    }
}
