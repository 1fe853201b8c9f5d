// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.outrigger.dataplane.config.BootstrapConfig;
import dev.outrigger.dataplane.config.ConfigSourceConfig;
import dev.outrigger.dataplane.config.GrpcXdsConfig;
import dev.outrigger.dataplane.config.XdsClusterConfig;
import dev.outrigger.dataplane.telemetry.StatsStore;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * The xDS client: one aggregated stream, and one stream per type and API of its own, each in state
 * of the world or delta as configured; files where the source is a path. Main loop only, except the
 * constructor.
 *
 * <p>Not handled: resource time to live, aliases, REST polling, TLS to the control plane.
 */
public final class AdsClient implements XdsSources, AutoCloseable {
    private final MainLoop loop;
    private final BootstrapConfig bootstrap;
    private final Node node;
    private final StatsStore stats;
    private final RandomGenerator random;
    private final XdsStream.ChannelOpener channels;
    private final Map<String, XdsClusterConfig> clusters;
    private final Map<Object, XdsMux> muxes = new LinkedHashMap<>();
    private final Map<XdsType, Integer> pauses = new EnumMap<>(XdsType.class);

    /**
     * @param random draws the back-off's jitter
     * @throws IllegalArgumentException when the node cannot be decoded
     */
    public AdsClient(
            NettyMainLoop loop,
            NameResolver resolver,
            BootstrapConfig bootstrap,
            StatsStore stats,
            RandomGenerator random) {
        this(loop, new NettyChannels(loop, resolver), bootstrap, stats, random);
    }

    AdsClient(
            MainLoop loop,
            XdsStream.ChannelOpener channels,
            BootstrapConfig bootstrap,
            StatsStore stats,
            RandomGenerator random) {
        this.loop = loop;
        this.bootstrap = bootstrap;
        this.node = decode(bootstrap.node().encoded());
        this.stats = stats;
        this.random = random;
        this.channels = channels;
        this.clusters =
                bootstrap.xdsClusters().stream()
                        .collect(Collectors.toMap(XdsClusterConfig::name, c -> c, (a, _) -> a));
    }

    @Override
    public Subscription open(ConfigSourceConfig source, XdsType type, ResourceSink sink) {
        XdsMux mux = mux(source, type);
        mux.start(type, sink);
        return names -> mux.request(type, names);
    }

    @Override
    public void pause(XdsType type) {
        pauses.merge(type, 1, Integer::sum);
        muxes.values().forEach(mux -> mux.pause(type));
    }

    @Override
    public void resume(XdsType type) {
        pauses.merge(type, -1, Integer::sum);
        muxes.values().forEach(mux -> mux.resume(type));
    }

    /** Ends every stream. */
    @Override
    public void close() {
        muxes.values().forEach(XdsMux::close);
    }

    private XdsMux mux(ConfigSourceConfig source, XdsType type) {
        Object key =
                switch (source) {
                    case ConfigSourceConfig.Ads _ -> "ads";
                    case ConfigSourceConfig.Grpc(var api, _) -> Map.entry(api, type);
                    case ConfigSourceConfig.Path(var path, _) -> Map.entry(path, type);
                };
        var known = muxes.get(key);
        if (known != null) {
            return known;
        }
        XdsMux mux =
                switch (source) {
                    case ConfigSourceConfig.Ads _ ->
                            grpc(
                                    bootstrap
                                            .dynamicResources()
                                            .ads()
                                            .orElseThrow(
                                                    () ->
                                                            new IllegalArgumentException(
                                                                    "ads: {} without"
                                                                            + " dynamic_resources"
                                                                            + ".ads_config")),
                                    Optional.empty());
                    case ConfigSourceConfig.Grpc(var api, _) -> grpc(api, Optional.of(type));
                    case ConfigSourceConfig.Path(var path, _) ->
                            new FileMux(loop, java.nio.file.Path.of(path), type);
                };
        pauses.forEach(
                (paused, count) -> {
                    for (int i = 0; i < count; i++) {
                        mux.pause(paused);
                    }
                });
        muxes.put(key, mux);
        return mux;
    }

    private XdsMux grpc(GrpcXdsConfig api, Optional<XdsType> type) {
        var cluster = clusters.get(api.clusterName());
        if (cluster == null) {
            throw new IllegalArgumentException(
                    "xDS cluster: "
                            + api.clusterName()
                            + " (expected: a cluster of static_resources)");
        }
        String prefix = type.map(AdsClient::statPrefix).orElse("");
        var identifier = new ControlPlaneIdentifier(stats, prefix);
        return switch (api.variant()) {
            case SOTW ->
                    new GrpcMux<>(
                            new XdsStream<>(
                                    loop,
                                    api,
                                    cluster,
                                    channels,
                                    XdsMethods.sotw(type),
                                    new SotwSubscriptions(node, api.setNodeOnFirstMessageOnly()),
                                    random,
                                    stats,
                                    prefix,
                                    identifier));
            case DELTA ->
                    new GrpcMux<>(
                            new XdsStream<>(
                                    loop,
                                    api,
                                    cluster,
                                    channels,
                                    XdsMethods.delta(type),
                                    new DeltaSubscriptions(node, api.setNodeOnFirstMessageOnly()),
                                    random,
                                    stats,
                                    prefix,
                                    identifier));
        };
    }

    private static String statPrefix(XdsType type) {
        return switch (type) {
            case CLUSTER -> "cluster_manager.cds.";
            case LISTENER -> "listener_manager.lds.";
            case ENDPOINT, ROUTE -> "";
        };
    }

    private static Node decode(String encoded) {
        try {
            return Node.parseFrom(Base64.getDecoder().decode(encoded));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("node: not a Node in base64", e);
        }
    }

    /** One stream or stand-in, with the types it carries. */
    interface XdsMux {
        void start(XdsType type, ResourceSink sink);

        void request(XdsType type, java.util.Set<String> names);

        void pause(XdsType type);

        void resume(XdsType type);

        void close();
    }

    private record GrpcMux<Q, R>(XdsStream<Q, R> stream) implements XdsMux {
        @Override
        public void start(XdsType type, ResourceSink sink) {
            stream.protocol().start(type, sink);
            if (type.isWildcard()) {
                stream.start();
            }
            stream.flush();
        }

        @Override
        public void request(XdsType type, java.util.Set<String> names) {
            stream.protocol().request(type, names);
            stream.start();
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
