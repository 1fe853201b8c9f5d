// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import com.google.protobuf.CodedInputStream;
import dev.outrigger.dataplane.ads.LastGoodFile.Held;
import dev.outrigger.dataplane.config.ConfigSourceConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sources that remember on disk what was accepted, and stand in for a control plane that cannot be
 * reached when the process starts ({@code --last-good-config-path}; Envoy has no such thing). Every
 * subscription that hears nothing gets what was accepted last, at once when its stream fails, else
 * after {@link #PATIENCE}. From its first real answer on, a subscription is the control plane's
 * alone: what is the same changes nothing, what is not replaces it. Main loop only; files are read
 * on it once, and written elsewhere.
 */
public final class LastGoodSources implements XdsSources {
    private static final Logger log = LoggerFactory.getLogger(LastGoodSources.class);

    /** How long the control plane has before the last good configuration is used. */
    static final Duration PATIENCE = Duration.ofSeconds(1);

    /** Updates that follow each other closely are written once. */
    private static final Duration WRITE_DELAY = Duration.ofMillis(500);

    private static final int NAME_TAG = (1 << 3) | 2;

    private final MainLoop loop;
    private final XdsSources sources;
    private final LastGoodFile file;
    private final Executor writer;
    private final Map<String, Held> loaded = new LinkedHashMap<>();
    private final Map<String, Held> current = new LinkedHashMap<>();
    private boolean writePlanned;

    /** Whether the control plane was given up on; who asks later need not wait. */
    private boolean away;

    /**
     * Reads the file; a damaged one is told of and not used.
     *
     * @param node id and cluster; a file of another node is not used
     * @param writer runs what waits for the disk, one task after the other
     */
    public LastGoodSources(
            MainLoop loop, XdsSources sources, Path path, String node, Executor writer) {
        this.loop = loop;
        this.sources = sources;
        this.file = new LastGoodFile(path, node);
        this.writer = writer;
        try {
            file.read()
                    .ifPresent(all -> all.forEach(held -> loaded.put(held.subscription(), held)));
            current.putAll(loaded);
        } catch (IOException e) {
            log.warn("last good configuration not used path={} reason={}", path, e.getMessage());
        }
    }

    @Override
    public Subscription open(
            ConfigSourceConfig source, XdsType type, String statPrefix, ResourceSink sink) {
        String origin = source instanceof ConfigSourceConfig.Ads ? "ads" : source + statPrefix;
        var recorder = new Recorder(type.typeUrl() + " " + origin, type, sink);
        recorder.subscription = sources.open(source, type, statPrefix, recorder);
        recorder.waitForAnswer();
        return recorder;
    }

    @Override
    public void pause(XdsType type) {
        sources.pause(type);
    }

    @Override
    public void resume(XdsType type) {
        sources.resume(type);
    }

    private Duration patience() {
        return away ? Duration.ZERO : PATIENCE;
    }

    private void keep(Held held) {
        current.put(held.subscription(), held);
        if (!writePlanned) {
            writePlanned = true;
            var _ = loop.schedule(WRITE_DELAY, this::write);
        }
    }

    private void write() {
        writePlanned = false;
        var all = List.copyOf(current.values());
        writer.execute(() -> {
            try {
                file.write(all);
            } catch (IOException e) {
                log.warn("last good configuration not written reason={}", e.toString());
            }
        });
    }

    /** The first field of every resource type is its name. */
    static String nameOf(Resource resource) {
        if (!resource.name().isEmpty()) {
            return resource.name();
        }
        try {
            var in = CodedInputStream.newInstance(resource.value());
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == NAME_TAG) {
                    return in.readStringRequireUtf8();
                }
                if (!in.skipField(tag)) {
                    break;
                }
            }
        } catch (IOException e) {
            log.debug("resource without a name type={}", resource.typeUrl(), e);
        }
        return "";
    }

    /** Between a source and who takes its resources. */
    private final class Recorder implements Subscription, ResourceSink {
        private final String key;
        private final XdsType type;
        private final ResourceSink sink;
        private final Map<String, Resource> accepted = new LinkedHashMap<>();
        private @Nullable Subscription subscription;
        private Set<String> names = Set.of();
        private boolean heard;
        private boolean standingIn;
        private boolean asked;

        Recorder(String key, XdsType type, ResourceSink sink) {
            this.key = key;
            this.type = type;
            this.sink = sink;
        }

        void waitForAnswer() {
            if (type.isWildcard() && !asked) {
                asked = true;
                var _ = loop.schedule(patience(), this::standIn);
            }
        }

        @Override
        public void request(Set<String> wanted) {
            names = wanted;
            if (subscription != null) {
                subscription.request(wanted);
            }
            if (standingIn && !heard) {
                loop.execute(this::replay);
            } else if (!asked && !wanted.isEmpty()) {
                asked = true;
                var _ = loop.schedule(patience(), this::standIn);
            }
        }

        @Override
        public void requestOnDemand(String name) {
            if (subscription != null) {
                subscription.requestOnDemand(name);
            }
        }

        @Override
        public void close() {
            heard = true;
            if (subscription != null) {
                subscription.close();
            }
        }

        @Override
        public Optional<String> onState(List<Resource> resources, String versionInfo) {
            heard = true;
            away = false;
            var refusal = sink.onState(resources, versionInfo);
            if (refusal.isEmpty()) {
                if (type.isWildcard()) {
                    accepted.clear();
                }
                resources.forEach(resource -> accepted.put(nameOf(resource), resource));
                remember(versionInfo);
            }
            return refusal;
        }

        @Override
        public Optional<String> onDelta(
                List<Resource> changed, List<String> removed, String systemVersionInfo) {
            if (!heard && standingIn) {
                // On a new stream delta tells of everything; what it does not tell of is gone.
                accepted.clear();
            }
            heard = true;
            away = false;
            var refusal = sink.onDelta(changed, removed, systemVersionInfo);
            if (refusal.isEmpty()) {
                for (Resource resource : changed) {
                    if (!resource.isUnresolved()) {
                        accepted.put(nameOf(resource), resource);
                    }
                }
                if (type.isWildcard()) {
                    removed.forEach(accepted::remove);
                }
                remember(systemVersionInfo);
            }
            return refusal;
        }

        @Override
        public void onStreamFailure() {
            sink.onStreamFailure();
            // After the client has dealt with the failure.
            loop.execute(this::standIn);
        }

        @Override
        public void onAttempt() {
            sink.onAttempt();
        }

        @Override
        public void onUnreadable() {
            sink.onUnreadable();
        }

        private void remember(String version) {
            keep(new Held(key, version, List.copyOf(accepted.values())));
        }

        private void standIn() {
            if (!heard && !standingIn) {
                standingIn = true;
                away = true;
                replay();
            }
        }

        private void replay() {
            Held held = loaded.get(key);
            if (heard || held == null) {
                return;
            }
            var wanted = new ArrayList<Resource>();
            for (Resource resource : held.resources()) {
                if (type.isWildcard() || isWanted(nameOf(resource))) {
                    wanted.add(resource);
                }
            }
            if (wanted.isEmpty()) {
                return;
            }
            log.warn(
                    "control plane not heard, last good configuration used type={} resources={}",
                    type.typeUrl(),
                    wanted.size());
            var refusal =
                    type == XdsType.VIRTUAL_HOST
                            ? sink.onDelta(wanted, List.of(), held.version())
                            : sink.onState(wanted, held.version());
            refusal.ifPresent(text -> log.warn("last good configuration refused reason={}", text));
        }

        private boolean isWanted(String name) {
            return names.contains(name)
                    || (type == XdsType.VIRTUAL_HOST
                            && name.lastIndexOf('/') > 0
                            && names.contains(name.substring(0, name.lastIndexOf('/'))));
        }
    }
}
