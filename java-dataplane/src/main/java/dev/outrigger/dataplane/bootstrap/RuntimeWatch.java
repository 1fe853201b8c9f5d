// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.runtime.RuntimeLayers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads the runtime again when the link of a disk layer is replaced, which is looked for twice a
 * second. Main loop only.
 */
final class RuntimeWatch {
    private static final Duration INTERVAL = Duration.ofMillis(500);

    private final RuntimeLayers layers;
    private final MainLoop loop;
    private final List<Link> links;

    private static final class Link {
        private final Path path;
        private @Nullable Object seen;

        private Link(Path path) {
            this.path = path;
            this.seen = key(path);
        }
    }

    private RuntimeWatch(RuntimeLayers layers, MainLoop loop) {
        this.layers = layers;
        this.loop = loop;
        this.links = new ArrayList<>();
        layers.watched().forEach(path -> links.add(new Link(path)));
    }

    /**
     * Watches for as long as the loop runs; nothing when there is no disk layer.
     *
     * @throws IOException in Envoy's words, when a link's directory does not exist
     */
    static void start(RuntimeLayers layers, MainLoop loop) throws IOException {
        for (Path link : layers.watched()) {
            Path parent = link.toAbsolutePath().getParent();
            if (parent == null || !Files.isDirectory(parent)) {
                throw new IOException(
                        "unable to add filesystem watch for file "
                                + link
                                + ": No such file or directory");
            }
        }
        var watch = new RuntimeWatch(layers, loop);
        if (!watch.links.isEmpty()) {
            watch.schedule();
        }
    }

    private void schedule() {
        var _ = loop.schedule(INTERVAL, this::look);
    }

    private void look() {
        for (Link link : links) {
            Object now = key(link.path);
            if (now != null && !Objects.equals(now, link.seen)) {
                // Once for each layer, as Envoy counts.
                layers.reload();
            }
            link.seen = now;
        }
        schedule();
    }

    /** What tells one link from another in its place. */
    private static @Nullable Object key(Path path) {
        try {
            var attributes =
                    Files.readAttributes(
                            path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return attributes.fileKey() == null
                    ? attributes.lastModifiedTime()
                    : attributes.fileKey();
        } catch (IOException e) {
            return null;
        }
    }
}
