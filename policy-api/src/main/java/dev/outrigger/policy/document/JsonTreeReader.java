// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.document;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import dev.outrigger.policy.document.DocumentTree.Entry;
import dev.outrigger.policy.document.DocumentTree.ListTree;
import dev.outrigger.policy.document.DocumentTree.MapTree;
import dev.outrigger.policy.document.DocumentTree.ScalarTree;
import dev.outrigger.policy.document.DocumentTree.ScalarType;
import dev.outrigger.policy.document.TreeGuard.Abandoned;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads RFC 8259 JSON: one object, or an array of objects that are documents 1, 2, …. No comments,
 * no trailing commas, nothing after the end.
 */
final class JsonTreeReader {
    private final JsonFactory factory;
    private final Violations violations;
    private final TreeGuard guard;
    private int document;

    JsonTreeReader(DocumentLimits limits, Violations violations) {
        this.factory =
                JsonFactory.builder()
                        .streamReadConstraints(
                                StreamReadConstraints.builder()
                                        // Two more than ours, so that ours speaks first.
                                        .maxNestingDepth(limits.maxDepth() + 3)
                                        .maxNumberLength(DocumentLimits.MAX_NUMBER_CHARS)
                                        .maxStringLength(limits.maxScalarChars())
                                        .maxNameLength(1_024)
                                        .maxDocumentLength(limits.maxBytes())
                                        .build())
                        .enable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                        .build();
        this.violations = violations;
        this.guard = new TreeGuard(limits, violations);
    }

    List<PolicyDocument> read(String text) {
        var documents = new ArrayList<PolicyDocument>();
        try (JsonParser parser = factory.createParser(text)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                return documents;
            }
            if (first == JsonToken.START_ARRAY) {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    documents.add(readDocument(parser));
                }
            } else {
                documents.add(readDocument(parser));
            }
            if (parser.nextToken() != null) {
                syntax(position(parser), "something follows the end of the document");
            }
        } catch (Abandoned _) {
            // Recorded where it was found.
        } catch (StreamConstraintsException e) {
            violations.add(
                    at(
                            ViolationCode.LIMIT,
                            positionOf(e.getLocation()),
                            "Over a limit: " + Quoted.plain(e.getOriginalMessage()) + "."));
        } catch (StreamReadException e) {
            syntax(positionOf(e.getLocation()), e.getOriginalMessage());
        } catch (IOException e) {
            syntax(Position.UNKNOWN, String.valueOf(e.getMessage()));
        }
        return documents;
    }

    private PolicyDocument readDocument(JsonParser parser) throws IOException, Abandoned {
        document++;
        guard.document(document, position(parser));
        return new PolicyDocument(document, readValue(parser, FieldPath.ROOT, 0));
    }

    private DocumentTree readValue(JsonParser parser, FieldPath path, int depth)
            throws IOException, Abandoned {
        Position position = position(parser);
        guard.enter(document, path, depth, position);
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> readMap(parser, path, depth, position);
            case START_ARRAY -> readList(parser, path, depth, position);
            case VALUE_NUMBER_INT -> new ScalarTree(position, ScalarType.INTEGER, parser.getText());
            case VALUE_NUMBER_FLOAT ->
                    new ScalarTree(position, ScalarType.DECIMAL, parser.getText());
            case VALUE_TRUE, VALUE_FALSE ->
                    new ScalarTree(position, ScalarType.BOOLEAN, parser.getText());
            case VALUE_NULL -> new ScalarTree(position, ScalarType.NULL, "null");
            case VALUE_STRING -> new ScalarTree(position, ScalarType.STRING, parser.getText());
            case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
                    throw new IllegalStateException("token: " + token + " (expected: a value)");
        };
    }

    private DocumentTree readList(JsonParser parser, FieldPath path, int depth, Position position)
            throws IOException, Abandoned {
        var items = new ArrayList<DocumentTree>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(readValue(parser, path.child(items.size()), depth + 1));
        }
        return new ListTree(position, items);
    }

    private DocumentTree readMap(JsonParser parser, FieldPath path, int depth, Position position)
            throws IOException, Abandoned {
        var entries = new ArrayList<Entry>();
        var keys = guard.keys(document, path);
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            Position keyPosition = position(parser);
            boolean isNew = keys.add(key, keyPosition);
            parser.nextToken();
            DocumentTree value = readValue(parser, path.child(key), depth + 1);
            if (isNew) {
                entries.add(new Entry(key, keyPosition, value));
            }
        }
        return new MapTree(position, entries);
    }

    private void syntax(Position position, String problem) {
        violations.add(
                at(
                        ViolationCode.SYNTAX,
                        position,
                        "Not valid JSON: " + Quoted.plain(problem) + "."));
    }

    private Violation at(ViolationCode code, Position position, String detail) {
        return new Violation(
                code, Math.max(1, document), FieldPath.ROOT.pointer(), position, detail);
    }

    private static Position position(JsonParser parser) {
        return positionOf(parser.currentTokenLocation());
    }

    private static Position positionOf(com.fasterxml.jackson.core.JsonLocation location) {
        return location == null
                ? Position.UNKNOWN
                : new Position(location.getLineNr(), location.getColumnNr());
    }
}
