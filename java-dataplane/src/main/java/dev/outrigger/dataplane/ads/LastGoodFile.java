// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The accepted resources of one node on disk: a magic line, the node, the resources, and the
 * SHA-256 of all before it. Replaced by a move, so that a crash leaves the old one or the new one.
 * Readable by the owner alone, because secrets are among the resources. Any thread, one at a time.
 */
final class LastGoodFile {
    private static final byte[] MAGIC =
            "outrigger last good configuration 1\n".getBytes(StandardCharsets.US_ASCII);
    private static final int HASH_BYTES = 32;

    /** What is larger is not written and not read. */
    private static final int MAX_BYTES = 256 << 20;

    private static final int MAX_RESOURCES = 1_000_000;

    private final Path path;
    private final String node;

    /**
     * @param node whose configuration it is; a file of another one is not used
     */
    LastGoodFile(Path path, String node) {
        this.path = path;
        this.node = node;
    }

    /**
     * The resources of one subscription.
     *
     * @param subscription which one, as a name that is the same in the next process
     */
    record Held(String subscription, String version, List<Resource> resources) {
        Held {
            resources = List.copyOf(resources);
        }
    }

    /**
     * Reads what was written last; empty when there is no file.
     *
     * @throws IOException when the file is damaged, too large, or another node's
     */
    Optional<List<Held>> read() throws IOException {
        byte[] bytes;
        try {
            if (Files.size(path) > MAX_BYTES) {
                throw new IOException("larger than " + MAX_BYTES + " bytes");
            }
            bytes = Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        int end = bytes.length - HASH_BYTES;
        if (end < MAGIC.length || !Arrays.equals(MAGIC, 0, MAGIC.length, bytes, 0, MAGIC.length)) {
            throw new IOException("not a file of last good configuration");
        }
        byte[] hash = sha256(bytes, end);
        if (!Arrays.equals(hash, 0, HASH_BYTES, bytes, end, bytes.length)) {
            throw new IOException("checksum does not match: the file is damaged");
        }
        try (var in =
                new DataInputStream(
                        new ByteArrayInputStream(bytes, MAGIC.length, end - MAGIC.length))) {
            String owner = in.readUTF();
            if (!owner.equals(node)) {
                throw new IOException("of node " + owner + " (expected: " + node + ")");
            }
            int count = count(in);
            var all = new ArrayList<Held>();
            for (int i = 0; i < count; i++) {
                all.add(held(in));
            }
            return Optional.of(all);
        }
    }

    private static Held held(DataInputStream in) throws IOException {
        String subscription = text(in);
        String version = text(in);
        int count = count(in);
        var resources = new ArrayList<Resource>();
        for (int i = 0; i < count; i++) {
            resources.add(new Resource(text(in), text(in), text(in), bytes(in)));
        }
        return new Held(subscription, version, resources);
    }

    /**
     * @throws IOException when it cannot be written, or there is too much
     */
    void write(List<Held> all) throws IOException {
        var content = new ByteArrayOutputStream();
        content.write(MAGIC);
        try (var out = new DataOutputStream(content)) {
            out.writeUTF(node);
            out.writeInt(all.size());
            for (Held held : all) {
                text(out, held.subscription());
                text(out, held.version());
                out.writeInt(held.resources().size());
                for (Resource resource : held.resources()) {
                    text(out, resource.name());
                    text(out, resource.version());
                    text(out, resource.typeUrl());
                    out.writeInt(resource.value().length);
                    out.write(resource.value());
                }
                if (content.size() > MAX_BYTES - HASH_BYTES) {
                    throw new IOException("more than " + MAX_BYTES + " bytes of configuration");
                }
            }
        }
        byte[] bytes = content.toByteArray();
        Path directory = path.toAbsolutePath().getParent();
        Path next =
                Files.createTempFile(
                        directory,
                        path.getFileName() + ".",
                        ".new",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        try {
            Files.write(next, bytes);
            Files.write(next, sha256(bytes, bytes.length), StandardOpenOption.APPEND);
            try (var channel = FileChannel.open(next, Set.of(StandardOpenOption.WRITE))) {
                channel.force(true);
            }
            Files.move(
                    next,
                    path,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(next);
        }
    }

    private static int count(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > MAX_RESOURCES) {
            throw new IOException("count: " + count + " (expected: 0.." + MAX_RESOURCES + ")");
        }
        return count;
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("length: " + length + " (expected: what is left at most)");
        }
        return in.readNBytes(length);
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] sha256(byte[] bytes, int length) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes, 0, length);
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
