// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.document;

import dev.outrigger.policy.document.DocumentTree.Entry;
import dev.outrigger.policy.document.DocumentTree.ListTree;
import dev.outrigger.policy.document.DocumentTree.MapTree;
import dev.outrigger.policy.document.DocumentTree.ScalarTree;
import dev.outrigger.policy.document.DocumentTree.ScalarType;
import dev.outrigger.policy.document.TreeGuard.Abandoned;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads YAML 1.2 with the core schema from parser events. Anchors, aliases, tags and keys that are
 * not plain text are refused: no policy needs them, and an alias bomb cannot exist without them.
 */
final class YamlTreeReader {
    private final LoadSettings settings;
    private final Violations violations;
    private final TreeGuard guard;
    private final List<PolicyDocument> documents = new ArrayList<>();
    private int document;

    YamlTreeReader(DocumentLimits limits, Violations violations) {
        this.settings =
                LoadSettings.builder()
                        .setCodePointLimit(limits.maxBytes() + 1)
                        .setUseMarks(true)
                        .build();
        this.violations = violations;
        this.guard = new TreeGuard(limits, violations);
    }

    List<PolicyDocument> read(String text) {
        try {
            Iterator<Event> events = new Parse(settings).parseString(text).iterator();
            while (events.hasNext()) {
                Event event = events.next();
                if (event.getEventId() == Event.ID.DocumentStart) {
                    readDocument(events, positionOf(event));
                }
            }
        } catch (Abandoned _) {
            // Recorded where it was found.
        } catch (MarkedYamlEngineException e) {
            syntax(e.getProblemMark().map(YamlTreeReader::positionOf).orElse(Position.UNKNOWN), e);
        } catch (ReaderException e) {
            int offset = text.offsetByCodePoints(0, Math.min(e.getPosition(), codePoints(text)));
            syntax(
                    DocumentReader.positionAfter(text.substring(0, offset)),
                    "character U+%04X is not allowed".formatted(e.getCodePoint()));
        } catch (YamlEngineException e) {
            syntax(Position.UNKNOWN, String.valueOf(e.getMessage()));
        }
        return documents;
    }

    private void readDocument(Iterator<Event> events, Position start) throws Abandoned {
        document++;
        guard.document(document, start);
        DocumentTree root = read(events.next(), events, FieldPath.ROOT, 0);
        boolean isBlank = root instanceof ScalarTree scalar && scalar.type() == ScalarType.NULL;
        // A separator too many makes an empty document: counted, so that numbers match, not read.
        if (!isBlank) {
            documents.add(new PolicyDocument(document, root));
        }
    }

    private DocumentTree read(Event event, Iterator<Event> events, FieldPath path, int depth)
            throws Abandoned {
        Position position = positionOf(event);
        guard.enter(document, path, depth, position);
        refuseAnchorsAndTags(event, path, position);
        return switch (event) {
            case ScalarEvent scalar -> readScalar(scalar, path, position);
            case SequenceStartEvent _ -> readList(events, path, depth, position);
            case MappingStartEvent _ -> readMap(events, path, depth, position);
            default ->
                    throw guard.abandon(
                            ViolationCode.UNSUPPORTED_YAML,
                            document,
                            path,
                            position,
                            "Aliases are not supported: write the value out.");
        };
    }

    private void refuseAnchorsAndTags(Event event, FieldPath path, Position position)
            throws Abandoned {
        boolean anchored =
                event instanceof NodeEvent node
                        && !(event instanceof AliasEvent)
                        && node.getAnchor().isPresent();
        if (anchored) {
            throw guard.abandon(
                    ViolationCode.UNSUPPORTED_YAML,
                    document,
                    path,
                    position,
                    "Anchors are not supported: write the value out.");
        }
        Optional<String> tag =
                switch (event) {
                    case ScalarEvent scalar -> scalar.getTag();
                    case CollectionStartEvent collection -> collection.getTag();
                    default -> Optional.empty();
                };
        if (tag.isPresent()) {
            throw guard.abandon(
                    ViolationCode.UNSUPPORTED_YAML,
                    document,
                    path,
                    position,
                    "Tag " + Quoted.of(tag.get()) + " is not supported.");
        }
    }

    private DocumentTree readList(
            Iterator<Event> events, FieldPath path, int depth, Position position) throws Abandoned {
        var items = new ArrayList<DocumentTree>();
        Event event = events.next();
        while (event.getEventId() != Event.ID.SequenceEnd) {
            items.add(read(event, events, path.child(items.size()), depth + 1));
            event = events.next();
        }
        return new ListTree(position, items);
    }

    private DocumentTree readMap(
            Iterator<Event> events, FieldPath path, int depth, Position position) throws Abandoned {
        var entries = new ArrayList<Entry>();
        var keys = guard.keys(document, path);
        Event event = events.next();
        while (event.getEventId() != Event.ID.MappingEnd) {
            Position keyPosition = positionOf(event);
            refuseAnchorsAndTags(event, path, keyPosition);
            if (!(event instanceof ScalarEvent scalar)) {
                throw guard.abandon(
                        ViolationCode.UNSUPPORTED_YAML,
                        document,
                        path,
                        keyPosition,
                        "Keys must be text.");
            }
            String key = scalar.getValue();
            guard.text(document, path, keyPosition, key);
            boolean isNew = keys.add(key, keyPosition);
            DocumentTree value = read(events.next(), events, path.child(key), depth + 1);
            if (isNew) {
                entries.add(new Entry(key, keyPosition, value));
            }
            event = events.next();
        }
        return new MapTree(position, entries);
    }

    private ScalarTree readScalar(ScalarEvent event, FieldPath path, Position position)
            throws Abandoned {
        String text = event.getValue();
        guard.text(document, path, position, text);
        if (!event.isPlain()) {
            return new ScalarTree(position, ScalarType.STRING, text);
        }
        ScalarTree scalar = YamlCoreSchema.resolve(text, position);
        boolean isNumber =
                scalar.type() == ScalarType.INTEGER || scalar.type() == ScalarType.DECIMAL;
        if (isNumber && text.length() > DocumentLimits.MAX_NUMBER_CHARS) {
            throw guard.abandon(
                    ViolationCode.LIMIT,
                    document,
                    path,
                    position,
                    "Numbers may have at most " + DocumentLimits.MAX_NUMBER_CHARS + " digits.");
        }
        return scalar;
    }

    private void syntax(Position position, MarkedYamlEngineException e) {
        String context = e.getContext() == null ? "" : e.getContext() + ", ";
        syntax(position, context + e.getProblem());
    }

    private void syntax(Position position, String problem) {
        violations.add(
                new Violation(
                        ViolationCode.SYNTAX,
                        Math.max(1, document),
                        FieldPath.ROOT.pointer(),
                        position,
                        "Not valid YAML: " + Quoted.plain(problem) + "."));
    }

    private static int codePoints(String text) {
        return text.codePointCount(0, text.length());
    }

    private static Position positionOf(Event event) {
        return event.getStartMark().map(YamlTreeReader::positionOf).orElse(Position.UNKNOWN);
    }

    private static Position positionOf(Mark mark) {
        return new Position(mark.getLine() + 1, mark.getColumn() + 1);
    }
}
