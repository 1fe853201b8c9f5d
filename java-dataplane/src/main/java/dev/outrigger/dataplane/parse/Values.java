// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import java.time.Duration;
import java.util.Optional;

/** Values every parser reads: durations, wrappers, regular expressions, packed messages. */
final class Values {
    private Values() {}

    /** A duration that may not be negative. */
    static Duration duration(com.google.protobuf.Duration value, String path, Findings findings) {
        if (value.getSeconds() < 0 || value.getNanos() < 0) {
            findings.invalid(
                    path,
                    show(value),
                    "Invalid duration: Expected positive duration: " + show(value));
            return Duration.ZERO;
        }
        // protobuf's own range, which keeps nanoseconds inside a long
        if (value.getSeconds() > 9_223_372_036L || value.getNanos() > 999_999_999) {
            findings.invalid(
                    path, show(value), "Invalid duration: Duration out-of-range: " + show(value));
            return Duration.ZERO;
        }
        return Duration.ofSeconds(value.getSeconds(), value.getNanos());
    }

    private static String show(com.google.protobuf.Duration value) {
        return "seconds: " + value.getSeconds() + " nanos: " + value.getNanos();
    }

    /** A number that fits an int; larger ones, which no limit needs, become the largest int. */
    static int clamp(UInt32Value value) {
        return clamp(Integer.toUnsignedLong(value.getValue()));
    }

    static int clamp(long value) {
        return (int) Math.min(value, Integer.MAX_VALUE);
    }

    static long unsigned(UInt32Value value) {
        return Integer.toUnsignedLong(value.getValue());
    }

    /** Whether an {@code Any} holds a message of this type; costs no descriptor. */
    static boolean is(Any any, Class<? extends Message> type) {
        String url = any.getTypeUrl();
        int slash = url.lastIndexOf('/');
        return slash >= 0 && url.substring(slash + 1).equals(MessageTypes.nameOf(type));
    }

    /** The message inside an {@code Any}; a wrong type was reported by the table walk before. */
    static <M extends Message> Optional<M> unpack(
            Any any, Class<M> type, String path, Findings findings) {
        if (!is(any, type)) {
            return Optional.empty();
        }
        try {
            M message = MessageTypes.parserOf(type).parseFrom(any.getValue());
            findings.checkUnpacked(message, path);
            return Optional.of(message);
        } catch (InvalidProtocolBufferException e) {
            findings.invalid(path, any.getTypeUrl(), "Unable to unpack as " + any.getTypeUrl());
            return Optional.empty();
        }
    }

    /** FNV-1a over the serialized bytes: equal messages of one build have equal hashes. */
    static long contentHash(Message message) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : message.toByteArray()) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        return hash;
    }
}
