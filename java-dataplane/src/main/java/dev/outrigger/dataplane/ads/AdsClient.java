// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.outrigger.dataplane.config.BootstrapConfig;
import dev.outrigger.dataplane.config.ConfigSourceConfig;
import dev.outrigger.dataplane.config.GrpcXdsConfig;
import dev.outrigger.dataplane.config.XdsClusterConfig;
import dev.outrigger.dataplane.telemetry.StatsStore;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The xDS client: one aggregated stream, and a stream of its own for every other subscription, each
 * in state of the world or delta as configured; a poll where the source is REST, a watch where it
 * is a file. Main loop only, except the constructor.
 *
 * <p>Not handled: TLS to the control plane.
 */
public final class AdsClient implements XdsSources, AutoCloseable {
    private final MainLoop loop;
    private final BootstrapConfig bootstrap;
    private final Node node;
    private final StatsStore stats;
    private final RandomGenerator random;
    private final GrpcChannels channels;
    private final Map<String, XdsClusterConfig> clusters;
    private final RestClient rest;
    private final List<XdsMux> own = new ArrayList<>();
    private final Map<XdsType, Integer> pauses = new EnumMap<>(XdsType.class);
    private @Nullable XdsMux aggregated;

    /**
     * @param tls of the clusters it connects to
     * @param random draws the back-off's jitter
     * @throws IllegalArgumentException when the node cannot be decoded
     */
    public AdsClient(
            NettyMainLoop loop,
            NameResolver resolver,
            ClusterTls tls,
            BootstrapConfig bootstrap,
            StatsStore stats,
            RandomGenerator random) {
        this(
                loop,
                new NettyChannels(loop, resolver, tls, stats),
                new RestClient(loop, resolver, tls),
                bootstrap,
                stats,
                random);
    }

    AdsClient(
            MainLoop loop,
            GrpcChannels channels,
            RestClient rest,
            BootstrapConfig bootstrap,
            StatsStore stats,
            RandomGenerator random) {
        this.loop = loop;
        this.rest = rest;
        this.bootstrap = bootstrap;
        this.node = decode(bootstrap.node().encoded());
        this.stats = stats;
        this.random = random;
        this.channels = channels;
        this.clusters = new HashMap<>();
        bootstrap.clusters().forEach(c -> clusters.put(c.name(), XdsClusterConfig.of(c)));
    }

    @Override
    public Subscription open(
            ConfigSourceConfig source, XdsType type, String statPrefix, ResourceSink sink) {
        return switch (source) {
            case ConfigSourceConfig.Ads _ -> {
                XdsMux mux = aggregated();
                mux.start(type, sink);
                yield new Shared(mux, type);
            }
            case ConfigSourceConfig.Grpc(var api, _) ->
                    own(grpc(api, Optional.of(type), statPrefix), type, sink);
            case ConfigSourceConfig.Rest(var api, _) ->
                    own(
                            new RestMux(
                                    loop,
                                    api,
                                    requireCluster(api.clusterName()),
                                    rest,
                                    type,
                                    node,
                                    random),
                            type,
                            sink);
            case ConfigSourceConfig.Path(var path, _) ->
                    own(new FileMux(loop, Path.of(path), type), type, sink);
        };
    }

    /** A cluster of the bootstrap, for clients of other gRPC services. */
    public Optional<XdsClusterConfig> findCluster(String name) {
        return Optional.ofNullable(clusters.get(name));
    }

    /** Who this proxy says it is. */
    public Node node() {
        return node;
    }

    @Override
    public void pause(XdsType type) {
        pauses.merge(type, 1, Integer::sum);
        if (aggregated != null) {
            aggregated.pause(type);
        }
    }

    @Override
    public void resume(XdsType type) {
        pauses.merge(type, -1, Integer::sum);
        if (aggregated != null) {
            aggregated.resume(type);
        }
    }

    /** Ends every stream. */
    @Override
    public void close() {
        if (aggregated != null) {
            aggregated.close();
        }
        List.copyOf(own).forEach(XdsMux::close);
    }

    private XdsMux aggregated() {
        XdsMux known = aggregated;
        if (known != null) {
            return known;
        }
        var api =
                bootstrap
                        .dynamicResources()
                        .ads()
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "ads: {} without dynamic_resources.ads_config"));
        XdsMux mux = grpc(api, Optional.empty(), "");
        pauses.forEach((paused, count) -> {
            for (int i = 0; i < count; i++) {
                mux.pause(paused);
            }
        });
        aggregated = mux;
        return mux;
    }

    private Subscription own(XdsMux mux, XdsType type, ResourceSink sink) {
        own.add(mux);
        mux.start(type, sink);
        return new Own(mux, type);
    }

    private XdsClusterConfig requireCluster(String name) {
        var cluster = clusters.get(name);
        if (cluster == null) {
            throw new IllegalArgumentException(
                    "xDS cluster: " + name + " (expected: a cluster of static_resources)");
        }
        return cluster;
    }

    private XdsMux grpc(GrpcXdsConfig api, Optional<XdsType> type, String statPrefix) {
        var cluster =
                api.google()
                        .map(target -> target.inScope(statPrefix))
                        .orElseGet(() -> requireCluster(api.clusterName()));
        var identifier = new ControlPlaneIdentifier(stats, statPrefix);
        var ttls = new ResourceTtls(loop);
        return switch (api.variant()) {
            case SOTW ->
                    new GrpcMux<>(
                            new XdsStream<>(
                                    loop,
                                    api,
                                    cluster,
                                    channels,
                                    XdsMethods.sotw(type),
                                    new SotwSubscriptions(
                                            node, api.setNodeOnFirstMessageOnly(), ttls),
                                    random,
                                    stats,
                                    statPrefix,
                                    identifier),
                            ttls);
            case DELTA ->
                    new GrpcMux<>(
                            new XdsStream<>(
                                    loop,
                                    api,
                                    cluster,
                                    channels,
                                    XdsMethods.delta(type),
                                    new DeltaSubscriptions(
                                            node, api.setNodeOnFirstMessageOnly(), ttls),
                                    random,
                                    stats,
                                    statPrefix,
                                    identifier),
                            ttls);
        };
    }

    private static Node decode(String encoded) {
        try {
            return Node.parseFrom(Base64.getDecoder().decode(encoded));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("node: not a Node in base64", e);
        }
    }

    /** Names of one type on the aggregated stream. */
    private record Shared(XdsMux mux, XdsType type) implements Subscription {
        @Override
        public void request(Set<String> names) {
            mux.request(type, names);
        }

        @Override
        public void requestOnDemand(String name) {
            mux.requestOnDemand(type, name);
        }

        @Override
        public void close() {
            mux.request(type, Set.of());
        }
    }

    /** A stream, a poll or a file watch of its own. */
    private final class Own implements Subscription {
        private final XdsMux mux;
        private final XdsType type;

        Own(XdsMux mux, XdsType type) {
            this.mux = mux;
            this.type = type;
        }

        @Override
        public void request(Set<String> names) {
            mux.request(type, names);
        }

        @Override
        public void requestOnDemand(String name) {
            mux.requestOnDemand(type, name);
        }

        @Override
        public void close() {
            mux.close();
            own.remove(mux);
        }
    }

    /** One stream or stand-in, with the types it carries. */
    interface XdsMux {
        void start(XdsType type, ResourceSink sink);

        void request(XdsType type, Set<String> names);

        /** See {@link XdsSources.Subscription#requestOnDemand}; only streams can. */
        default void requestOnDemand(XdsType type, String name) {
            throw new UnsupportedOperationException("on demand: " + type + " (expected: delta)");
        }

        void pause(XdsType type);

        void resume(XdsType type);

        void close();
    }

    private record GrpcMux<Q, R>(XdsStream<Q, R> stream, ResourceTtls ttls) implements XdsMux {
        @Override
        public void start(XdsType type, ResourceSink sink) {
            stream.protocol().start(type, sink);
            if (type.isWildcard()) {
                stream.start();
            }
            stream.flush();
        }

        @Override
        public void request(XdsType type, Set<String> names) {
            stream.protocol().request(type, names);
            stream.start();
            stream.flush();
        }

        @Override
        public void requestOnDemand(XdsType type, String name) {
            stream.protocol().requestOnDemand(type, name);
            stream.flush();
        }

        @Override
        public void pause(XdsType type) {
            stream.protocol().pause(type);
        }

        @Override
        public void resume(XdsType type) {
            stream.protocol().resume(type);
            stream.flush();
        }

        @Override
        public void close() {
            stream.close();
            ttls.close();
        }
    }

    /** Keeps {@code control_plane.identifier} as the last response states it. */
    private static final class ControlPlaneIdentifier implements XdsStream.Identifier {
        private final StatsStore stats;
        private final String name;
        private final Map<String, String> seen = new HashMap<>();

        ControlPlaneIdentifier(StatsStore stats, String prefix) {
            this.stats = stats;
            this.name = prefix + "control_plane.identifier";
        }

        @Override
        public void onResponse(Object response) {
            String identifier = XdsMethods.controlPlane(response);
            if (!identifier.isEmpty() && !identifier.equals(seen.put(name, identifier))) {
                stats.text(name, identifier);
            }
        }
    }
}
