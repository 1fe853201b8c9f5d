// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.xdsclient;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a server serves: the responses of each type as they came, and the names and versions in
 * them. Confined to one thread.
 */
final class Collected {
    private static final int RESOURCES = 2;
    private static final int VERSION = 1;
    private static final int NAME = 3;

    private final Map<Kind, Map<String, String>> versions = new EnumMap<>(Kind.class);
    private final Map<Kind, ByteArrayOutputStream> responses = new EnumMap<>(Kind.class);
    private final ByteArrayOutputStream current = new ByteArrayOutputStream();

    void bytes(byte[] from, int offset, int length) {
        current.write(from, offset, length);
    }

    /** The bytes up to here were a response of that type. */
    void response(Kind kind) {
        var bytes = current.toByteArray();
        current.reset();
        responses.computeIfAbsent(kind, _ -> new ByteArrayOutputStream()).writeBytes(bytes);
        var names = versions.computeIfAbsent(kind, _ -> new LinkedHashMap<>());
        var fields = new Fields(bytes, 0, bytes.length);
        while (fields.next()) {
            if (fields.number() == RESOURCES) {
                resource(fields.value(), names);
            }
        }
    }

    private static void resource(Fields resource, Map<String, String> names) {
        var name = "";
        var version = "";
        while (resource.next()) {
            switch (resource.number()) {
                case NAME -> name = resource.text();
                case VERSION -> version = resource.text();
                default -> {} // Its content.
            }
        }
        names.put(name, version);
    }

    Map<Kind, Map<String, String>> versions() {
        return versions;
    }

    /** One file a type: its responses one after the other, which together are one message. */
    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (Map.Entry<Kind, ByteArrayOutputStream> response : responses.entrySet()) {
            Files.write(
                    folder.resolve(response.getKey().shortName() + ".bin"),
                    response.getValue().toByteArray());
        }
    }

    /** The fields of a message of length-delimited fields. */
    private static final class Fields {
        private final byte[] bytes;
        private final int end;
        private int at;
        private int number;
        private int start;

        Fields(byte[] bytes, int at, int end) {
            this.bytes = bytes;
            this.at = at;
            this.end = end;
        }

        boolean next() {
            if (at >= end) {
                return false;
            }
            number = (bytes[at++] & 0xFF) >>> 3;
            int length = 0;
            int shift = 0;
            byte next;
            do {
                next = bytes[at++];
                length |= (next & 0x7F) << shift;
                shift += 7;
            } while (next < 0);
            start = at;
            at += length;
            return true;
        }

        int number() {
            return number;
        }

        Fields value() {
            return new Fields(bytes, start, at);
        }

        String text() {
            return new String(bytes, start, at - start, StandardCharsets.UTF_8);
        }
    }
}
