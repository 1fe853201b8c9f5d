// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.document;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.outrigger.dataplane.document.DescriptorCheck.Problem;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Makes the bytes of a message of a document: in one pass where there is nothing wrong and nothing
 * rare in it, else by way of protobuf's own converter. Immutable.
 */
public final class DocumentReader {
    private final Function<String, Optional<Descriptor>> extension;
    private final Supplier<List<Descriptor>> extensions;

    /**
     * @param extension what an {@code Any} may hold, by full name
     * @param extensions all of them; asked for only where a document needs it
     */
    public DocumentReader(
            Function<String, Optional<Descriptor>> extension,
            Supplier<List<Descriptor>> extensions) {
        this.extension = extension;
        this.extensions = extensions;
    }

    /**
     * The bytes of a message.
     *
     * @param acceptsUnknown is told of fields that the message does not have, in Envoy's words, and
     *     says whether they are passed over
     * @throws ConfigException in Envoy's words
     */
    public byte[] read(ConfigDocument document, Descriptor type, Predicate<String> acceptsUnknown)
            throws ConfigException {
        Optional<byte[]> encoded = ConfigEncoder.encode(document, type, extension);
        return encoded.isPresent() ? encoded.get() : readSlowly(document, type, acceptsUnknown);
    }

    /** Says what is wrong with a document, and takes what is rare in one. */
    private byte[] readSlowly(
            ConfigDocument document, Descriptor type, Predicate<String> acceptsUnknown)
            throws ConfigException {
        Map<String, Descriptor> known =
                extensions.get().stream()
                        .collect(Collectors.toMap(Descriptor::getFullName, Function.identity()));
        List<Problem> problems = DescriptorCheck.check(document, type, known);
        if (!problems.stream().allMatch(Problem::unknownField)) {
            throw new ConfigException(unparsable(describe(problems, type)));
        }
        if (!problems.isEmpty()) {
            String unknown =
                    "type "
                            + type.getFullName()
                            + " reason INVALID_ARGUMENT: "
                            + describe(problems, type);
            if (!acceptsUnknown.test(unknown)) {
                throw new ConfigException("Protobuf message (" + unknown + ") has unknown fields");
            }
        }
        var message = DynamicMessage.newBuilder(type);
        try {
            JsonFormat.parser()
                    .usingTypeRegistry(TypeRegistry.newBuilder().add(known.values()).build())
                    .ignoringUnknownFields()
                    .merge(ProtoJson.of(document, type, known).toString(), message);
            return message.build().toByteArray();
        } catch (InvalidProtocolBufferException e) {
            throw new ConfigException(unparsable(String.valueOf(e.getMessage())), e);
        }
    }

    private static String unparsable(String reason) {
        return "Unable to parse JSON as proto (INVALID_ARGUMENT: " + reason + ")";
    }

    /** One line for each problem, the first words as Envoy's. */
    private static String describe(List<Problem> problems, Descriptor type) {
        return problems.stream()
                .map(p ->
                        "invalid JSON in "
                                + type.getFullName()
                                + " @ "
                                + p.path()
                                + ", near "
                                + p.position()
                                + ": "
                                + p.text())
                .collect(Collectors.joining("\n"));
    }
}
