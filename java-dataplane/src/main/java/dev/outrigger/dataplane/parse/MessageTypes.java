// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Names of messages without their descriptors. A descriptor builds its whole file and everything
 * that file imports, a good part of the start; a name is enough to tell that a type is not wanted.
 */
final class MessageTypes {
    private static final MethodType TO_DESCRIPTOR = MethodType.methodType(Descriptor.class);
    private static final MethodType TO_PARSER = MethodType.methodType(Parser.class);

    private MessageTypes() {}

    /** The full name of a message of the Envoy, xDS or well-known API, from its Java name. */
    static String nameOf(Class<? extends Message> type) {
        String name = type.getName().replace('$', '.');
        for (String prefix : new String[] {"io.envoyproxy.", "com.github.", "com."}) {
            if (name.startsWith(prefix)) {
                return name.substring(prefix.length());
            }
        }
        return name;
    }

    /**
     * The descriptor of a generated message.
     *
     * @throws IllegalStateException for a class that is not generated
     */
    static Descriptor descriptorOf(Class<? extends Message> type) {
        try {
            return (Descriptor) generated(type, "getDescriptor", TO_DESCRIPTOR).invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException(type + " (expected: a generated message)", e);
        }
    }

    /**
     * The parser of a generated message.
     *
     * @throws IllegalStateException for a class that is not generated
     */
    @SuppressWarnings("unchecked") // generated code: the parser makes its own class
    static <M extends Message> Parser<M> parserOf(Class<M> type) {
        try {
            var parser = (Parser<?>) generated(type, "parser", TO_PARSER).invokeExact();
            return (Parser<M>) parser;
        } catch (Throwable e) {
            throw new IllegalStateException(type + " (expected: a generated message)", e);
        }
    }

    /** Not by reflection, which would list every method of a large class. */
    private static MethodHandle generated(
            Class<? extends Message> type, String name, MethodType signature)
            throws ReflectiveOperationException {
        return MethodHandles.publicLookup().findStatic(type, name, signature);
    }
}
