// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.memory;

import dev.outrigger.xds.memory.RememberedEncoding.Entry;
import dev.outrigger.xds.node.NodeGroupKey;
import dev.outrigger.xds.reconcile.Remembered;
import dev.outrigger.xds.reconcile.RolloutMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file for each group that has something to remember, in a folder beside the store. Files hold
 * resources, secrets of raw documents included, so nobody else may read them; each is replaced as a
 * whole and is on the disk before it counts.
 *
 * <h2>Threading</h2>
 *
 * Whoever saves only leaves a note; a thread of its own writes the newest of each group. {@link
 * #close} writes what is left.
 *
 * <h2>Errors</h2>
 *
 * A file that cannot be read is logged and left alone, as if there were none; one that cannot be
 * written is logged. Rollouts go on either way: they only know less after a restart.
 */
public final class RolloutFiles implements RolloutMemory, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RolloutFiles.class);

    /** Beyond these the files that were not touched for longest are removed at the start. */
    private static final int MAX_FILES = 2_000;

    private static final String SUFFIX = ".rollout";

    private final Path folder;

    // Guarded by itself; a missing state is a file to be removed.
    private final Map<NodeGroupKey, Optional<Remembered>> waiting = new LinkedHashMap<>();
    private final AtomicBoolean isWriting = new AtomicBoolean();
    private final Object disk = new Object();

    private RolloutFiles(Path folder) {
        this.folder = folder;
    }

    /**
     * Beside a store: {@code outrigger.db} has {@code outrigger.db.rollout/}.
     *
     * @throws IOException if the folder can neither be found nor made
     */
    public static RolloutFiles beside(Path store) throws IOException {
        var folder = store.toAbsolutePath().resolveSibling(store.getFileName() + SUFFIX);
        try {
            Files.createDirectory(
                    folder,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
        var files = new RolloutFiles(folder);
        files.limit();
        return files;
    }

    @Override
    public Optional<Remembered> load(NodeGroupKey group) {
        synchronized (waiting) {
            var unwritten = waiting.get(group);
            if (unwritten != null) {
                return unwritten;
            }
        }
        var file = file(group);
        try {
            var entry = RememberedEncoding.decode(Files.readAllBytes(file));
            if (!entry.group().equals(group)) {
                throw new IOException("belongs to " + entry.group());
            }
            log.info(
                    "rollout goes on where it was left group={} refusals={} trial={}",
                    group.documents(),
                    entry.state().refusals().size(),
                    !entry.state().first().isEmpty());
            return Optional.of(entry.state());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            log.error(
                    "what was refused before the start is not known group={} file={}",
                    group.documents(),
                    file,
                    e);
            return Optional.empty();
        }
    }

    @Override
    public void save(NodeGroupKey group, Remembered state) {
        leave(group, Optional.of(state));
    }

    @Override
    public void forget(NodeGroupKey group) {
        leave(group, Optional.empty());
    }

    private void leave(NodeGroupKey group, Optional<Remembered> state) {
        synchronized (waiting) {
            waiting.put(group, state);
        }
        if (isWriting.compareAndSet(false, true)) {
            Thread.ofVirtual().name("xds-rollout-files").start(this::write);
        }
    }

    private void write() {
        do {
            writeAll();
            isWriting.set(false);
            // What was left between the last look and now has seen a writer at work.
        } while (isLeft() && isWriting.compareAndSet(false, true));
    }

    private boolean isLeft() {
        synchronized (waiting) {
            return !waiting.isEmpty();
        }
    }

    private void writeAll() {
        synchronized (disk) {
            for (NodeGroupKey group : groups()) {
                Optional<Remembered> state;
                synchronized (waiting) {
                    state = waiting.getOrDefault(group, Optional.empty());
                }
                write(group, state);
                synchronized (waiting) {
                    waiting.remove(group, state); // Unless there is something newer.
                }
            }
        }
    }

    private Set<NodeGroupKey> groups() {
        synchronized (waiting) {
            return Set.copyOf(waiting.keySet());
        }
    }

    private void write(NodeGroupKey group, Optional<Remembered> state) {
        var file = file(group);
        try {
            if (state.isPresent()) {
                replace(file, RememberedEncoding.encode(new Entry(group, state.get())));
            } else {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            log.error(
                    "what was refused will not be known after a restart group={} file={}",
                    group.documents(),
                    file,
                    e);
        }
    }

    private static void replace(Path file, byte[] bytes) throws IOException {
        var next = file.resolveSibling(file.getFileName() + ".next");
        Files.deleteIfExists(next);
        try (var channel =
                FileChannel.open(
                        next,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")))) {
            var buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private void limit() throws IOException {
        List<Path> files;
        try (var all = Files.list(folder)) {
            files = new ArrayList<>(all.filter(Files::isRegularFile).toList());
        }
        if (files.size() <= MAX_FILES) {
            return;
        }
        files.sort(Comparator.comparing(RolloutFiles::modified));
        for (Path file : files.subList(0, files.size() - MAX_FILES)) {
            Files.deleteIfExists(file);
        }
    }

    private static FileTime modified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            return FileTime.fromMillis(0); // It has just gone.
        }
    }

    private Path file(NodeGroupKey group) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(group.client().name().getBytes(StandardCharsets.UTF_8));
            for (var document : group.documents()) {
                digest.update((byte) 0);
                digest.update(document.toString().getBytes(StandardCharsets.UTF_8));
                digest.update((byte) '/');
                digest.update(document.namespace().getBytes(StandardCharsets.UTF_8));
            }
            return folder.resolve(HexFormat.of().formatHex(digest.digest()) + SUFFIX);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has it", e);
        }
    }

    /** Writes what is left. To be called when nothing is saved any more. */
    @Override
    public void close() {
        writeAll();
    }
}
