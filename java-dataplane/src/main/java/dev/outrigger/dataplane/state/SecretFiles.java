// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.config.ResourceReference;
import dev.outrigger.dataplane.config.SecretConfig;
import dev.outrigger.dataplane.parse.Parsed;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads secrets again when files they name are replaced (TL6). As in Envoy a file has to be moved
 * to its place, or a link to its directory has; a file written in place is seen with the next such
 * move. Files that do not fit together leave the last secret. Main loop only.
 *
 * <p>What changes with every move is the directory, which is looked at twice a second.
 */
final class SecretFiles {
    private static final Logger log = LoggerFactory.getLogger(SecretFiles.class);
    private static final Duration INTERVAL = Duration.ofMillis(500);

    private final MainLoop loop;
    private final ResourceParsers parsers;
    private final StatsStore stats;
    private final BiConsumer<ResourceReference, SecretConfig> onChange;
    private final Map<ResourceReference, Watch> watches = new LinkedHashMap<>();
    private MainLoop.@Nullable Timer timer;

    /** One secret's directories. */
    private static final class Watch {
        private final AcceptedResource resource;
        private final List<Path> directories;
        private List<Stamp> seen = List.of();

        Watch(AcceptedResource resource, List<Path> directories) {
            this.resource = resource;
            this.directories = directories;
        }
    }

    /** What is another one when a file was moved into the directory. */
    private record Stamp(@Nullable Object key, @Nullable FileTime modified) {
        private static final Stamp GONE = new Stamp(null, null);

        static Stamp of(Path directory) {
            try {
                var now = Files.readAttributes(directory, BasicFileAttributes.class);
                return new Stamp(now.fileKey(), now.lastModifiedTime());
            } catch (IOException e) {
                return GONE;
            }
        }
    }

    /**
     * @param onChange called with what was read again; it may be as before
     */
    SecretFiles(
            MainLoop loop,
            ResourceParsers parsers,
            StatsStore stats,
            BiConsumer<ResourceReference, SecretConfig> onChange) {
        this.loop = loop;
        this.parsers = parsers;
        this.stats = stats;
        this.onChange = onChange;
    }

    /** Watches the files of these, and no others. */
    void watch(Map<ResourceReference, AcceptedResource> secrets) {
        if (secrets.isEmpty() && watches.isEmpty()) {
            return;
        }
        watches.keySet().retainAll(secrets.keySet());
        secrets.forEach((reference, resource) -> {
            Watch known = watches.get(reference);
            if (known == null || !known.resource.equals(resource)) {
                // The first look reads once more: what was moved since it was read is seen too.
                watches.put(
                        reference,
                        new Watch(
                                resource,
                                List.copyOf(
                                        parsers.watchedDirectories(resource.resource().value()))));
            }
        });
        boolean wanted = watches.values().stream().anyMatch(w -> !w.directories.isEmpty());
        if (wanted && timer == null) {
            timer = loop.schedule(INTERVAL, this::look);
        } else if (!wanted) {
            close();
        }
    }

    void close() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void look() {
        timer = loop.schedule(INTERVAL, this::look);
        for (var each : new ArrayList<>(watches.entrySet())) {
            Watch watch = each.getValue();
            // Before the files are read: a move that comes in between is seen next time.
            List<Stamp> now = watch.directories.stream().map(Stamp::of).toList();
            if (!now.equals(watch.seen)) {
                watch.seen = now;
                read(each.getKey(), watch.resource);
            }
        }
    }

    private void read(ResourceReference reference, AcceptedResource resource) {
        switch (parsers.secret(resource.resource().value()).parsed()) {
            case Parsed.Accepted<SecretConfig>(var secret) -> onChange.accept(reference, secret);
            case Parsed.Rejected<SecretConfig> rejected -> {
                log.warn(
                        "failed to reload certificates secret={} reason={}",
                        reference.name(),
                        rejected.message());
                stats.shard(0)
                        .inc(stats.counter("sds." + reference.name() + ".key_rotation_failed"));
            }
        }
    }
}
