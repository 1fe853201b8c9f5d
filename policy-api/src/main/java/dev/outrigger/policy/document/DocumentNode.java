// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.document;

import dev.outrigger.policy.document.DocumentTree.Entry;
import dev.outrigger.policy.document.DocumentTree.ListTree;
import dev.outrigger.policy.document.DocumentTree.MapTree;
import dev.outrigger.policy.document.DocumentTree.ScalarTree;
import dev.outrigger.policy.document.DocumentTree.ScalarType;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A value of a document, present or absent, to be read as what it should be. Reading never throws
 * for the author's mistakes: it records a {@link Violation} at this value's path and place, and
 * returns nothing. An absent value reads as nothing without a violation, see {@link #required()}.
 */
public final class DocumentNode {
    private final int document;
    private final @Nullable DocumentTree tree;
    private final FieldPath path;
    private final Position position;
    private final Violations violations;
    private final @Nullable NodeProbe probe;

    private DocumentNode(
            int document,
            @Nullable DocumentTree tree,
            FieldPath path,
            Position position,
            Violations violations) {
        this(document, tree, path, position, violations, null);
    }

    private DocumentNode(
            int document,
            @Nullable DocumentTree tree,
            FieldPath path,
            Position position,
            Violations violations,
            @Nullable NodeProbe probe) {
        this.document = document;
        this.tree = tree;
        this.path = path;
        this.position = position;
        this.violations = violations;
        this.probe = probe;
    }

    /**
     * A value that is not there but finds out what a reader would read. Nothing is ever clean, so
     * that no reader goes on to build a value out of what it was told.
     */
    public static DocumentNode probing(NodeProbe probe, FieldPath path) {
        return new DocumentNode(0, null, path, Position.UNKNOWN, Violations.ignoring(), probe);
    }

    private DocumentNode probing(NodeProbe child, String token) {
        return new DocumentNode(0, null, path.child(token), position, violations, child);
    }

    static DocumentNode root(PolicyDocument document, Violations violations) {
        return new DocumentNode(
                document.index(),
                document.root(),
                FieldPath.ROOT,
                document.root().position(),
                violations);
    }

    public FieldPath path() {
        return path;
    }

    /** Where the value begins; where its parent begins when it is absent. */
    public Position position() {
        return position;
    }

    public Violations violations() {
        return violations;
    }

    public boolean isPresent() {
        return probe == null ? tree != null : probe.isPresent();
    }

    public boolean isMap() {
        return probe == null ? tree instanceof MapTree : probe.is(NodeType.OBJECT);
    }

    public boolean isString() {
        if (probe != null) {
            return probe.is(NodeType.STRING);
        }
        return tree instanceof ScalarTree scalar && scalar.type() == ScalarType.STRING;
    }

    public boolean isInteger() {
        if (probe != null) {
            return probe.is(NodeType.INTEGER);
        }
        return tree instanceof ScalarTree scalar && scalar.type() == ScalarType.INTEGER;
    }

    /** The value as it stands, if it is there. */
    public Optional<DocumentTree> tree() {
        return Optional.ofNullable(probe == null || !probe.isPresent() ? tree : probe.tree());
    }

    /** Records that this value is wrong. */
    public void violate(ViolationCode code, String detail) {
        violations.add(new Violation(code, document, path.pointer(), position, detail));
    }

    /** Records that the value is missing if it is; returns itself. */
    public DocumentNode required() {
        if (probe != null) {
            probe.required();
        } else if (tree == null) {
            var tokens = path.tokens();
            violate(
                    ViolationCode.MISSING_FIELD,
                    "Field '" + tokens.getLast() + "' is required and missing.");
        }
        return this;
    }

    /** The value of a field; absent when this is no object or has no such field. */
    public DocumentNode field(String name) {
        if (probe != null) {
            return probing(probe.field(name), name);
        }
        var entry = tree instanceof MapTree map ? map.find(name) : Optional.<Entry>empty();
        return new DocumentNode(
                document,
                entry.map(Entry::value).orElse(null),
                path.child(name),
                entry.map(found -> found.value().position()).orElse(position),
                violations);
    }

    /** Item {@code index} of a list; absent when this is no list or shorter. */
    public DocumentNode item(int index) {
        if (probe != null) {
            return probing(probe.item(), Integer.toString(index));
        }
        DocumentTree item =
                tree instanceof ListTree list && index < list.items().size()
                        ? list.items().get(index)
                        : null;
        return new DocumentNode(
                document,
                item,
                path.child(index),
                item == null ? position : item.position(),
                violations);
    }

    /** The node at a path below this one, absent from the first step that does not exist. */
    public DocumentNode at(FieldPath below) {
        DocumentNode node = this;
        for (String token : below.tokens()) {
            node =
                    node.tree instanceof ListTree
                            ? node.item(Integer.parseInt(token))
                            : node.field(token);
        }
        return node;
    }

    /**
     * Requires an object that has no fields but these. Violations of unknown fields stand at the
     * key.
     *
     * @return whether it is an object at all
     */
    public boolean objectOf(Collection<String> known) {
        if (probe != null) {
            probe.objectOf(known);
            return true;
        }
        if (!(tree instanceof MapTree map)) {
            wrongType("an object");
            return false;
        }
        for (Entry entry : map.entries()) {
            if (!known.contains(entry.key())) {
                violations.add(
                        new Violation(
                                ViolationCode.UNKNOWN_FIELD,
                                document,
                                path.child(entry.key()).pointer(),
                                entry.keyPosition(),
                                "Unknown field "
                                        + Quoted.of(entry.key())
                                        + "."
                                        + NearestName.hint(entry.key(), known)));
            }
        }
        return true;
    }

    /** The fields of an object in the author's order, for maps whose keys are free. */
    public List<Field> fields(int maxCount) {
        if (probe != null) {
            return List.of(new Field("key", this, probing(probe.fields(maxCount), "key")));
        }
        if (!(tree instanceof MapTree map)) {
            wrongType("an object");
            return List.of();
        }
        if (map.entries().size() > maxCount) {
            violate(
                    ViolationCode.OUT_OF_RANGE,
                    "Has "
                            + map.entries().size()
                            + " entries (expected: at most "
                            + maxCount
                            + ").");
            return List.of();
        }
        return map.entries().stream()
                .map(entry -> new Field(entry.key(), keyNode(entry), field(entry.key())))
                .toList();
    }

    /** One field of an object with free keys; {@code key} reports at the key's place. */
    public record Field(String name, DocumentNode key, DocumentNode value) {}

    private DocumentNode keyNode(Entry entry) {
        return new DocumentNode(
                document, entry.value(), path.child(entry.key()), entry.keyPosition(), violations);
    }

    /** The items of a list, at least {@code min} of them; none when absent. */
    public List<DocumentNode> items(int min, int max) {
        if (probe != null) {
            return probe.items(min, max) ? List.of(item(0)) : List.of();
        }
        if (!(tree instanceof ListTree list)) {
            wrongType("a list");
            return List.of();
        }
        int size = list.items().size();
        if (size < min || size > max) {
            violate(
                    ViolationCode.OUT_OF_RANGE,
                    "Has " + size + " items (expected: " + min + ".." + max + ").");
            return List.of();
        }
        return IntStream.range(0, size).mapToObj(this::item).toList();
    }

    /** Any text, also the empty one. */
    public Optional<String> string(int maxChars) {
        if (probe != null) {
            return probe.string(maxChars);
        }
        var scalar = scalar(ScalarType.STRING, "a string");
        if (scalar.isPresent() && scalar.get().length() > maxChars) {
            violate(
                    ViolationCode.OUT_OF_RANGE,
                    "Has "
                            + scalar.get().length()
                            + " characters (expected: at most "
                            + maxChars
                            + ").");
            return Optional.empty();
        }
        return scalar;
    }

    public Optional<Boolean> bool() {
        if (probe != null) {
            return probe.bool();
        }
        return scalar(ScalarType.BOOLEAN, "true or false").map(Boolean::parseBoolean);
    }

    public Optional<Integer> intIn(int min, int max) {
        return longIn(min, max).map(Math::toIntExact);
    }

    public Optional<Long> longIn(long min, long max) {
        if (probe != null) {
            return probe.longIn(min, max);
        }
        var digits = scalar(ScalarType.INTEGER, "an integer");
        if (digits.isEmpty()) {
            return Optional.empty();
        }
        var number = new java.math.BigInteger(digits.get());
        if (number.compareTo(java.math.BigInteger.valueOf(min)) < 0
                || number.compareTo(java.math.BigInteger.valueOf(max)) > 0) {
            violate(
                    ViolationCode.OUT_OF_RANGE,
                    digits.get() + " is out of range (expected: " + min + ".." + max + ").");
            return Optional.empty();
        }
        return Optional.of(number.longValueExact());
    }

    /** A GEP-2257 duration within bounds, both included. */
    public Optional<Duration> duration(Duration min, Duration max) {
        if (probe != null) {
            return probe.duration(min, max);
        }
        var text = scalar(ScalarType.STRING, "a duration such as 250ms or 3s");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        var duration = Gep2257Duration.parse(text.get());
        if (duration.isEmpty()) {
            violate(
                    ViolationCode.BAD_VALUE,
                    Quoted.of(text.get())
                            + " is not a duration (expected: digits with a unit h, m, s or ms, for"
                            + " example 250ms or 1m30s).");
            return Optional.empty();
        }
        if (duration.get().compareTo(min) < 0 || duration.get().compareTo(max) > 0) {
            violate(
                    ViolationCode.OUT_OF_RANGE,
                    text.get()
                            + " is out of range (expected: "
                            + Gep2257Duration.format(min)
                            + ".."
                            + Gep2257Duration.format(max)
                            + ").");
            return Optional.empty();
        }
        return duration;
    }

    /** One of a closed set of words. */
    public <E> Optional<E> oneOf(Map<String, E> words) {
        if (probe != null) {
            return probe.oneOf(words.keySet()).map(words::get);
        }
        var text = scalar(ScalarType.STRING, "one of " + listed(words.keySet()));
        if (text.isEmpty()) {
            return Optional.empty();
        }
        var value = Optional.ofNullable(words.get(text.get()));
        if (value.isEmpty()) {
            violate(
                    ViolationCode.BAD_VALUE,
                    Quoted.of(text.get())
                            + " is not known (expected: "
                            + listed(words.keySet())
                            + ")."
                            + NearestName.hint(text.get(), words.keySet()));
        }
        return value;
    }

    /** Records that the value is there but is not what is expected. */
    public void wrongType(String expected) {
        if (probe != null) {
            probe.wrongType();
        } else if (tree != null) {
            violate(
                    ViolationCode.WRONG_TYPE,
                    "Expected " + expected + " but found " + tree.describe() + "." + quoteHint());
        }
    }

    /**
     * Says, for those who ask what is read here, by which pattern the caller checks the text; does
     * not check it.
     *
     * @param pattern matches whole texts, in what Java and ECMAScript have in common
     */
    public DocumentNode form(Pattern pattern) {
        if (probe != null) {
            probe.form(pattern.pattern());
        }
        return this;
    }

    private Optional<String> scalar(ScalarType type, String expected) {
        if (tree instanceof ScalarTree scalar && scalar.type() == type) {
            return Optional.of(scalar.text());
        }
        wrongType(expected);
        return Optional.empty();
    }

    private String quoteHint() {
        return tree instanceof ScalarTree scalar && scalar.type() == ScalarType.NULL
                ? " Leave the field out or give it a value."
                : "";
    }

    private static String listed(Collection<String> words) {
        return String.join(", ", words.stream().sorted().toList());
    }
}
