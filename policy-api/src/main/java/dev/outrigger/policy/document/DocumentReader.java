// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.document;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Turns the text of a submission into documents. Strict: what two readers might understand
 * differently is refused. Immutable, any thread.
 */
public final class DocumentReader {
    /** How a submission is written. YAML 1.2 contains JSON; the JSON reader is the stricter one. */
    public enum Format {
        YAML,
        JSON
    }

    private final DocumentLimits limits;

    public DocumentReader(DocumentLimits limits) {
        this.limits = limits;
    }

    /**
     * Reads all documents. When the text breaks off, what came before is returned and the violation
     * says where.
     */
    public List<PolicyDocument> read(byte[] body, Format format, Violations violations) {
        if (body.length > limits.maxBytes()) {
            violations.add(tooLong(body.length));
            return List.of();
        }
        int start = startsWithByteOrderMark(body) ? 3 : 0;
        var in = ByteBuffer.wrap(body, start, body.length - start);
        var out = CharBuffer.allocate(body.length);
        CharsetDecoder decoder =
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT);
        CoderResult result = decoder.decode(in, out, true);
        String text = out.flip().toString();
        if (result.isError()) {
            violations.add(
                    new Violation(
                            ViolationCode.ENCODING,
                            0,
                            FieldPath.ROOT.pointer(),
                            positionAfter(text),
                            "Byte 0x%02X at offset %d is not UTF-8."
                                    .formatted(body[in.position()] & 0xff, in.position())));
            return List.of();
        }
        return read(text, format, violations);
    }

    /** As {@link #read(byte[], Format, Violations)}, decoded already. */
    public List<PolicyDocument> read(String text, Format format, Violations violations) {
        if (text.length() > limits.maxBytes()) {
            violations.add(tooLong(text.length()));
            return List.of();
        }
        var documents =
                switch (format) {
                    case YAML -> new YamlTreeReader(limits, violations).read(text);
                    case JSON -> new JsonTreeReader(limits, violations).read(text);
                };
        if (documents.isEmpty() && violations.isEmpty()) {
            violations.add(
                    new Violation(
                            ViolationCode.SYNTAX,
                            0,
                            FieldPath.ROOT.pointer(),
                            new Position(1, 1),
                            "Contains no document."));
        }
        return documents;
    }

    private Violation tooLong(int length) {
        return new Violation(
                ViolationCode.LIMIT,
                0,
                FieldPath.ROOT.pointer(),
                new Position(1, 1),
                "Is " + length + " bytes long (expected: at most " + limits.maxBytes() + ").");
    }

    private static boolean startsWithByteOrderMark(byte[] body) {
        return body.length >= 3
                && body[0] == (byte) 0xef
                && body[1] == (byte) 0xbb
                && body[2] == (byte) 0xbf;
    }

    static Position positionAfter(String text) {
        int line = 1 + (int) text.chars().filter(c -> c == '\n').count();
        int lineStart = text.lastIndexOf('\n') + 1;
        return new Position(line, 1 + text.codePointCount(lineStart, text.length()));
    }
}
