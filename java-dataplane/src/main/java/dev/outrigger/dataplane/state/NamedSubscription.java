// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.ads.Resource;
import dev.outrigger.dataplane.ads.ResourceSink;
import dev.outrigger.dataplane.ads.XdsSources;
import dev.outrigger.dataplane.ads.XdsType;
import dev.outrigger.dataplane.config.ConfigSourceConfig;
import dev.outrigger.dataplane.parse.Parsed;
import dev.outrigger.dataplane.state.ResourceParsers.Named;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * EDS, RDS, SDS, RTDS or ECDS at one source (8.2): resources nobody asked for and absent ones are
 * ignored, the first bad one stops the rest, what was applied before it stays. Main loop only.
 *
 * @param <C> the configuration of one resource
 */
final class NamedSubscription<C> implements ResourceSink {
    private static final Logger log = LoggerFactory.getLogger(NamedSubscription.class);

    private final MainLoop loop;
    private final XdsType type;
    private final Function<byte[], Named<C>> parser;
    private final Target<C> target;
    private final Runnable settled;
    private final XdsSources.Subscription subscription;

    /** Whether answers hold the one resource that was asked for and nothing else. */
    private final boolean direct;

    private Set<String> names = Set.of();

    NamedSubscription(
            MainLoop loop,
            XdsSources sources,
            ConfigSourceConfig source,
            XdsType type,
            String statPrefix,
            Function<byte[], Named<C>> parser,
            Target<C> target,
            Runnable settled) {
        this.loop = loop;
        this.type = type;
        this.parser = parser;
        this.target = target;
        this.settled = settled;
        this.direct =
                source instanceof ConfigSourceConfig.Path
                        || source instanceof ConfigSourceConfig.Rest;
        this.subscription = sources.open(source, type, statPrefix, this);
    }

    /**
     * @param again whether to ask even if the names are the same
     */
    void request(Set<String> wanted, boolean again) {
        if (again || !wanted.equals(names)) {
            names = new TreeSet<>(wanted);
            subscription.request(names);
        }
    }

    void close() {
        names = Set.of();
        subscription.close();
    }

    @Override
    public Optional<String> onState(List<Resource> resources, String versionInfo) {
        return update(resources, List.of(), versionInfo);
    }

    @Override
    public Optional<String> onDelta(
            List<Resource> changed, List<String> removed, String systemVersionInfo) {
        return update(changed, removed, systemVersionInfo);
    }

    @Override
    public void onStreamFailure() {
        target.onStreamFailure(names);
    }

    @Override
    public void onAttempt() {
        target.onAttempt(names);
    }

    @Override
    public void onUnreadable() {
        target.onRefused(names);
        settled.run();
    }

    private Optional<String> update(
            List<Resource> resources, List<String> removed, String versionInfo) {
        var refusal = apply(resources, removed, versionInfo);
        if (refusal.isPresent()) {
            log.warn(
                    "xDS update rejected type={} version={} detail={}",
                    type.typeUrl(),
                    versionInfo,
                    refusal.get());
            target.onRefused(names);
        }
        settled.run();
        return refusal;
    }

    private Optional<String> apply(
            List<Resource> resources, List<String> removed, String versionInfo) {
        if (direct && resources.size() != 1) {
            String refusal = target.misnumbered(resources.size());
            if (refusal.isEmpty()) {
                names.forEach(name -> target.onMissing(name, versionInfo));
                return Optional.empty();
            }
            return Optional.of(refusal);
        }
        var wanted = new ArrayList<Decoded<C>>(resources.size());
        var taken = new HashSet<String>();
        for (Resource resource : resources) {
            Named<C> named = parser.apply(resource.value());
            if (named.parsed() instanceof Parsed.Rejected<C> rejected
                    && rejected.refusesWholeResponse()) {
                return Optional.of(rejected.message());
            }
            String name = resource.name().isEmpty() ? named.name() : resource.name();
            if (direct && !names.contains(name)) {
                return Optional.of(target.misnamed(String.join(", ", names), name));
            }
            if (names.contains(name)) {
                if (!name.equals(named.name())) {
                    return Optional.of(target.misnamed(name, named.name()));
                }
                // As in Envoy, the first of several of one name counts.
                if (taken.add(name)) {
                    wanted.add(new Decoded<>(resource, named));
                }
            }
        }
        for (Decoded<C> each : wanted) {
            switch (each.named.parsed()) {
                case Parsed.Rejected<C> rejected -> {
                    return Optional.of(rejected.message());
                }
                case Parsed.Accepted<C>(var config) -> {
                    var refusal = target.check(each.named.name(), config);
                    if (refusal.isPresent()) {
                        return refusal;
                    }
                    target.onResource(
                            each.named.name(),
                            config,
                            new AcceptedResource(
                                    each.named.name(),
                                    versionInfo,
                                    each.resource,
                                    loop.currentTimeMillis()));
                }
            }
        }
        for (String name : removed) {
            if (names.contains(name)) {
                target.onMissing(name, versionInfo);
            }
        }
        return Optional.empty();
    }

    private record Decoded<C>(Resource resource, Named<C> named) {}

    /** Who waits for the resources. */
    interface Target<C> {
        /** Why a resource that is right in itself cannot be used where it is waited for, if so. */
        default Optional<String> check(String name, C config) {
            return Optional.empty();
        }

        void onResource(String name, C config, AcceptedResource accepted);

        /** The server says it has none of that name; what is held stays. */
        void onMissing(String name, String versionInfo);

        /** A response was refused: nobody waits for it any longer. */
        void onRefused(Set<String> names);

        void onStreamFailure(Set<String> names);

        /** A question goes out (REST). */
        void onAttempt(Set<String> names);

        /** Envoy's words for a resource that came under another name than its own. */
        String misnamed(String expected, String actual);

        /** Envoy's words for a file or a REST answer with other than one resource; or none. */
        String misnumbered(int count);
    }
}
