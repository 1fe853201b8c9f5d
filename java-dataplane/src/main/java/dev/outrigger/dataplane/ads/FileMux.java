// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code path_config_source}: a file with a {@code DiscoveryResponse}, read again when it was
 * replaced or changed, which is looked for ten times a second. A file that cannot be read counts as
 * an update failure and leaves what was accepted. Main loop only.
 *
 * <p>Envoy notices only a replacement by a move; a file written in place may be seen half written
 * here, which is then a failure until the next look.
 */
final class FileMux implements AdsClient.XdsMux {
    private static final Logger log = LoggerFactory.getLogger(FileMux.class);
    private static final Duration INTERVAL = Duration.ofMillis(100);

    private final MainLoop loop;
    private final Path path;
    private final XdsType type;
    private @Nullable ResourceSink sink;
    private @Nullable Stamp seen;
    private boolean watching;
    private boolean closed;

    FileMux(MainLoop loop, Path path, XdsType type) {
        this.loop = loop;
        this.path = path;
        this.type = type;
    }

    @Override
    public void start(XdsType started, ResourceSink taker) {
        sink = taker;
        if (type.isWildcard()) {
            watch();
        }
    }

    /** The file is read again: someone new waits for what may be in it already. */
    @Override
    public void request(XdsType requested, Set<String> names) {
        seen = null;
        if (watching) {
            loop.execute(this::look);
        } else if (!names.isEmpty()) {
            watch();
        }
    }

    @Override
    public void pause(XdsType paused) {
        // Nothing is ever sent.
    }

    @Override
    public void resume(XdsType resumed) {
        // Nothing is ever sent.
    }

    @Override
    public void close() {
        closed = true;
    }

    private void watch() {
        watching = true;
        loop.execute(this::lookForEver);
    }

    private void lookForEver() {
        if (!closed) {
            look();
            loop.schedule(INTERVAL, this::lookForEver);
        }
    }

    private void look() {
        ResourceSink taker = sink;
        if (closed || taker == null) {
            return;
        }
        try {
            Stamp now = Stamp.of(path);
            if (now.equals(seen)) {
                return;
            }
            seen = now;
            deliver(taker, DiscoveryFile.read(path));
        } catch (IOException e) {
            if (!Stamp.GONE.equals(seen) || Files.exists(path)) {
                log.warn(
                        "config file cannot be read path={} type={} reason={}",
                        path,
                        type.typeUrl(),
                        e.getMessage());
                taker.onStreamFailure();
            }
            if (!Files.exists(path)) {
                seen = Stamp.GONE;
            }
        }
    }

    private void deliver(ResourceSink taker, DiscoveryResponse response) throws IOException {
        var resources = new ArrayList<Resource>(response.getResourcesCount());
        for (Any any : response.getResourcesList()) {
            var resource = ResourceReader.read(any, response.getVersionInfo());
            if (!resource.typeUrl().equals(type.typeUrl())) {
                throw new IOException(
                        "resource of type "
                                + resource.typeUrl()
                                + " (expected: "
                                + type.typeUrl()
                                + ")");
            }
            resources.add(resource);
        }
        // A refusal has nobody to go to; the sink has logged and counted it.
        var _ = taker.onState(resources, response.getVersionInfo());
    }

    /** What changes when a file is replaced or written. */
    private record Stamp(@Nullable Object key, long modifiedMillis, long size) {
        static final Stamp GONE = new Stamp(null, -1, -1);

        static Stamp of(Path path) throws IOException {
            var attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return new Stamp(
                    attributes.fileKey(),
                    attributes.lastModifiedTime().toMillis(),
                    attributes.size());
        }
    }
}
