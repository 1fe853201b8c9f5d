// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Everything a run has started, and its folder. Closing takes all of it down, last come first, and
 * may happen at any moment from any thread: what is added afterwards is closed at once.
 */
final class Stage implements AutoCloseable {
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Path folder;
    private final Keeper keeper;
    private boolean closed;

    private Stage(Path folder, Keeper keeper) {
        this.folder = folder;
        this.keeper = keeper;
    }

    static Stage open() throws IOException {
        var folder = Files.createTempDirectory("outrigger-demo-");
        return new Stage(folder, Keeper.start(folder));
    }

    Path folder() {
        return folder;
    }

    /** Hands a part over to the stage. */
    <T extends AutoCloseable> T add(T part) {
        boolean late;
        synchronized (this) {
            late = closed;
            if (!late) {
                parts.push(part);
            }
        }
        if (late) {
            close(part);
            throw new IllegalStateException("the demo is ending");
        }
        keeper.watchChildren();
        return part;
    }

    /** A part has started a process by itself. */
    void watchChildren() {
        keeper.watchChildren();
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        // Nothing is added any more, so the rest needs no lock, and no part can wait for it.
        while (!parts.isEmpty()) {
            close(parts.pop());
        }
        try {
            deleteFolder();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            keeper.dismiss();
        }
    }

    private static void close(AutoCloseable part) {
        try {
            part.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            throw new IllegalStateException("cannot close " + part, e);
        }
    }

    private void deleteFolder() throws IOException {
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.deleteIfExists(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path directory, @org.jspecify.annotations.Nullable IOException e)
                            throws IOException {
                        Files.deleteIfExists(directory);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
