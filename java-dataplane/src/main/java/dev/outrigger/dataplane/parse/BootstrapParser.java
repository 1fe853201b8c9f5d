// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.AccessLogConfig;
import dev.outrigger.dataplane.config.AdminConfig;
import dev.outrigger.dataplane.config.BootstrapConfig;
import dev.outrigger.dataplane.config.ClusterConfig;
import dev.outrigger.dataplane.config.ClusterManagerConfig;
import dev.outrigger.dataplane.config.ConfigSourceConfig;
import dev.outrigger.dataplane.config.DynamicResourcesConfig;
import dev.outrigger.dataplane.config.GrpcXdsConfig;
import dev.outrigger.dataplane.config.ListenerConfig;
import dev.outrigger.dataplane.config.NodeConfig;
import dev.outrigger.dataplane.config.ResourceReference;
import dev.outrigger.dataplane.config.RuntimeLayerConfig;
import dev.outrigger.dataplane.config.SecretConfig;
import dev.outrigger.dataplane.config.StatsSinkConfig;
import dev.outrigger.dataplane.config.WatchdogConfig;
import dev.outrigger.dataplane.parse.AddressParser.Names;
import dev.outrigger.dataplane.parse.ParseContext.Ads;
import dev.outrigger.dataplane.runtime.RuntimeLayers;
import dev.outrigger.dataplane.runtime.RuntimeSnapshot;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.bootstrap.v3.RuntimeLayer;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.ApiConfigSource.ApiType;
import io.envoyproxy.envoy.config.core.v3.BindConfig;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code envoy.config.bootstrap.v3.Bootstrap} to {@link BootstrapConfig}. */
@SuppressWarnings("deprecation") // stock bootstraps still have admin.access_log_path
public final class BootstrapParser {
    private static final Duration DEFAULT_STATS_FLUSH_INTERVAL = Duration.ofSeconds(5);

    private final Bootstrap proto;
    private final Findings findings;
    private final Set<String> allClusters = new HashSet<>();
    private final Map<String, SecretConfig> secrets = new LinkedHashMap<>();
    private List<RuntimeLayerConfig> layers = List.of();
    private @Nullable RuntimeSnapshot runtime;
    private final boolean serving;
    private boolean constraintsHold;

    private BootstrapParser(Bootstrap given, UnknownFields unknownFields, boolean serving) {
        this.serving = serving;
        ParseContext context = ParseContext.inFile("", ads(given), allClusters::contains);
        if (given.getNode().getId().isEmpty() || given.getNode().getCluster().isEmpty()) {
            context = context.withoutNode();
        }
        this.findings = new Findings(context.withUnknownFields(unknownFields));
        this.proto = TypedStructs.resolve(given, BootstrapFields.BOOTSTRAP, findings);
        proto.getStaticResources().getClustersList().forEach(c -> allClusters.add(c.getName()));
    }

    /** Reads a bootstrap whose node already carries the command line's values. */
    public static Parsed<BootstrapConfig> parse(Bootstrap proto) {
        return parse(proto, UnknownFields.IN_FILE);
    }

    /**
     * As {@link #parse(Bootstrap)}.
     *
     * @param unknownFields what becomes of fields that structs in the bootstrap have
     */
    public static Parsed<BootstrapConfig> parse(Bootstrap proto, UnknownFields unknownFields) {
        return new BootstrapParser(proto, unknownFields, true).parse();
    }

    /**
     * As {@link #parse(Bootstrap, UnknownFields)}, for one who will not serve it. As Envoy does not
     * look at where listeners would come from ({@code lds_config}) then, neither does this.
     */
    public static Parsed<BootstrapConfig> validate(Bootstrap proto, UnknownFields unknownFields) {
        return new BootstrapParser(proto, unknownFields, false).parse();
    }

    private Parsed<BootstrapConfig> parse() {
        if (!findings.isEmpty()) {
            return findings.rejected();
        }
        findings.checkResource(proto, BootstrapFields.BOOTSTRAP);
        constraintsHold = findings.isEmpty();
        DynamicResourcesConfig dynamic = dynamicResources();
        Optional<GrpcXdsConfig> loadStats = loadStats();
        Optional<AdminConfig> admin = admin();
        layers = runtimeLayers();
        secrets();
        var clusters = new ArrayList<ClusterConfig>();
        clusters(clusters);
        List<ListenerConfig> listeners = listeners();
        if (proto.hasStatsFlushInterval()
                && proto.getStatsFlushCase() != Bootstrap.StatsFlushCase.STATSFLUSH_NOT_SET) {
            findings.invalid(
                    "stats_flush_interval",
                    "",
                    "Only one of stats_flush_interval or stats_flush_on_admin should be set!");
        }
        Duration flush =
                proto.hasStatsFlushInterval()
                        ? Values.duration(
                                proto.getStatsFlushInterval(), "stats_flush_interval", findings)
                        : DEFAULT_STATS_FLUSH_INTERVAL;
        List<StatsSinkConfig> sinks =
                StatsSinkParser.parse(proto.getStatsSinksList(), "stats_sinks", findings);
        checkSinks(sinks, clusters);
        WatchdogConfig mainWatchdog = WatchdogParser.main(proto, findings);
        WatchdogConfig workerWatchdog = WatchdogParser.worker(proto, findings);
        return findings.result(() ->
                new BootstrapConfig(
                        node(),
                        admin,
                        secrets,
                        listeners,
                        clusters,
                        dynamic,
                        clusterManager(clusters, loadStats),
                        layers,
                        flush,
                        proto.getStatsFlushOnAdmin(),
                        StatsConfigParser.parse(proto.getStatsConfig(), "stats_config", findings),
                        sinks,
                        mainWatchdog,
                        workerWatchdog));
    }

    private NodeConfig node() {
        Node node = proto.getNode();
        return new NodeConfig(
                node.getId(),
                node.getCluster(),
                node.getLocality().getRegion(),
                node.getLocality().getZone(),
                node.getLocality().getSubZone(),
                Base64.getEncoder().encodeToString(node.toByteArray()));
    }

    private ClusterManagerConfig clusterManager(
            List<ClusterConfig> clusters, Optional<GrpcXdsConfig> loadStats) {
        var manager = proto.getClusterManager();
        String local = manager.getLocalClusterName();
        if (!local.isEmpty() && clusters.stream().noneMatch(c -> c.name().equals(local))) {
            findings.invalid(
                    "cluster_manager.local_cluster_name",
                    local,
                    "local cluster '" + local + "' must be defined");
        }
        return new ClusterManagerConfig(
                local, manager.getOutlierDetection().getEventLogPath(), loadStats);
    }

    private DynamicResourcesConfig dynamicResources() {
        var dynamic = proto.getDynamicResources();
        String path = "dynamic_resources";
        if (dynamic.hasAdsConfig()) {
            ConfigSourceParser.checkNode("ads", findings);
        }
        Optional<GrpcXdsConfig> ads =
                dynamic.hasAdsConfig()
                        ? ConfigSourceParser.api(
                                dynamic.getAdsConfig(), path + ".ads_config", findings)
                        : Optional.empty();
        var cds =
                source(
                        dynamic.hasCdsConfig(),
                        dynamic.getCdsConfig(),
                        Asker.CLUSTERS,
                        path + ".cds_config");
        var lds =
                source(
                        dynamic.hasLdsConfig() && serving,
                        dynamic.getLdsConfig(),
                        Asker.LISTENERS,
                        path + ".lds_config");
        return new DynamicResourcesConfig(ads, lds, cds);
    }

    private Optional<GrpcXdsConfig> loadStats() {
        if (!proto.getClusterManager().hasLoadStatsConfig()) {
            return Optional.empty();
        }
        return ConfigSourceParser.api(
                proto.getClusterManager().getLoadStatsConfig(),
                "cluster_manager.load_stats_config",
                findings);
    }

    private Optional<ConfigSourceConfig> source(
            boolean present, ConfigSource source, Asker asker, String path) {
        if (!present) {
            return Optional.empty();
        }
        var parsed = ConfigSourceParser.source(source, asker, path, findings);
        // Without ads_config Envoy accepts "ads: {}" and never asks anybody.
        return parsed.filter(
                p -> !(p instanceof ConfigSourceConfig.Ads) || findings.context().hasAds());
    }

    /** What stats go to over TCP is one of the bootstrap's own clusters. */
    private void checkSinks(List<StatsSinkConfig> sinks, List<ClusterConfig> clusters) {
        for (StatsSinkConfig sink : sinks) {
            if (!(sink instanceof StatsSinkConfig.Lines(String cluster, String _))) {
                continue;
            }
            if (findings.context().anonymous()) {
                ConfigSourceParser.checkNode("tcp statsd", findings);
            } else if (clusters.stream().noneMatch(each -> each.name().equals(cluster))) {
                findings.invalid("", "", "tcp statsd: unknown cluster '" + cluster + "'");
            }
        }
    }

    private Optional<AdminConfig> admin() {
        if (!proto.hasAdmin() || !proto.getAdmin().hasAddress()) {
            return Optional.empty();
        }
        var admin = proto.getAdmin();
        List<AccessLogConfig> logs =
                new ArrayList<>(
                        AccessLogParser.parse(
                                admin.getAccessLogList(), "admin.access_log", findings));
        if (!admin.getAccessLogPath().isEmpty()) {
            logs.add(
                    new AccessLogConfig(
                            new AccessLogConfig.Sink.File(admin.getAccessLogPath()),
                            new AccessLogConfig.Format.Default()));
        }
        return AddressParser.parseOrPipe(
                        admin.getAddress(), Names.REFUSED, "admin.address", findings)
                .map(address -> new AdminConfig(address, logs, admin.getIgnoreGlobalConnLimit()));
    }

    private List<RuntimeLayerConfig> runtimeLayers() {
        var layers = new ArrayList<RuntimeLayerConfig>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < proto.getLayeredRuntime().getLayersCount(); i++) {
            RuntimeLayer layer = proto.getLayeredRuntime().getLayers(i);
            String path = FieldPaths.index("layered_runtime.layers", i);
            if (!names.add(layer.getName())) {
                findings.invalid(
                        path + ".name",
                        layer.getName(),
                        "Duplicate layer name: " + layer.getName());
            }
            switch (layer.getLayerSpecifierCase()) {
                case STATIC_LAYER ->
                        layers.add(
                                new RuntimeLayerConfig.Static(
                                        layer.getName(),
                                        RuntimeLayerParser.parse(
                                                layer.getStaticLayer(),
                                                path + ".static_layer",
                                                findings)));
                case ADMIN_LAYER -> layers.add(new RuntimeLayerConfig.Admin(layer.getName()));
                case DISK_LAYER -> {
                    var disk = layer.getDiskLayer();
                    layers.add(
                            new RuntimeLayerConfig.Disk(
                                    layer.getName(),
                                    disk.getSymlinkRoot(),
                                    disk.getSubdirectory(),
                                    disk.getAppendServiceCluster()));
                }
                case RTDS_LAYER ->
                        source(
                                        true,
                                        layer.getRtdsLayer().getRtdsConfig(),
                                        Asker.RUNTIME,
                                        path + ".rtds_layer.rtds_config")
                                .ifPresentOrElse(
                                        source ->
                                                layers.add(
                                                        new RuntimeLayerConfig.Rtds(
                                                                layer.getName(),
                                                                new ResourceReference(
                                                                        layer.getRtdsLayer()
                                                                                .getName(),
                                                                        source))),
                                        () ->
                                                layers.add(
                                                        new RuntimeLayerConfig.Static(
                                                                layer.getName(), Map.of())));
                // Reported before by the oneof's own constraint.
                case LAYERSPECIFIER_NOT_SET -> {}
            }
        }
        if (layers.stream().filter(l -> l instanceof RuntimeLayerConfig.Admin).count() > 1) {
            findings.invalid(
                    "layered_runtime.layers",
                    "",
                    "Too many admin layers specified in LayeredRuntime, at most one may be"
                            + " specified");
        }
        return layers;
    }

    private void secrets() {
        var protos = proto.getStaticResources().getSecretsList();
        for (int i = 0; i < protos.size(); i++) {
            String path = FieldPaths.index("static_resources.secrets", i);
            var parsed = new ArrayList<SecretConfig>();
            add(SecretParser.parse(protos.get(i), context(path)), parsed);
            for (SecretConfig each : parsed) {
                if (secrets.putIfAbsent(protos.get(i).getName(), each) != null) {
                    findings.invalid(
                            path + ".name",
                            protos.get(i).getName(),
                            "Duplicate static secret name " + protos.get(i).getName());
                }
            }
        }
    }

    private void clusters(List<ClusterConfig> parsed) {
        Set<String> seen = new HashSet<>();
        List<Cluster> clusters = proto.getStaticResources().getClustersList();
        for (int i = 0; i < clusters.size(); i++) {
            Cluster cluster = clusters.get(i);
            String path = FieldPaths.index("static_resources.clusters", i);
            if (!seen.add(cluster.getName())) {
                findings.invalid(
                        path,
                        cluster.getName(),
                        "cluster manager: duplicate cluster '" + cluster.getName() + "'");
                continue;
            }
            add(ClusterParser.parse(cluster, context(path)), parsed);
        }
    }

    private List<ListenerConfig> listeners() {
        var listeners = new ArrayList<ListenerConfig>();
        var addresses = new HashMap<Object, String>();
        Set<String> names = new HashSet<>();
        var protos = proto.getStaticResources().getListenersList();
        for (int i = 0; i < protos.size(); i++) {
            String path = FieldPaths.index("static_resources.listeners", i);
            // Envoy keeps the first of two static listeners with one name and says nothing.
            if (!protos.get(i).getName().isEmpty() && !names.add(protos.get(i).getName())) {
                continue;
            }
            var added = new ArrayList<ListenerConfig>();
            add(ListenerParser.parse(protos.get(i), context(path)), added);
            for (ListenerConfig listener : added) {
                checkAddress(listener, path, addresses);
                listeners.add(listener);
            }
        }
        return listeners;
    }

    private void checkAddress(ListenerConfig listener, String path, Map<Object, String> addresses) {
        if (listener.address() instanceof java.net.InetSocketAddress inet && inet.getPort() == 0) {
            return;
        }
        String other = addresses.putIfAbsent(listener.address(), listener.name());
        if (other != null) {
            findings.invalid(
                    path + ".address",
                    listener.address(),
                    "error adding listener: '"
                            + listener.name()
                            + "' has duplicate address '"
                            + listener.address().toString().replaceFirst("^[^/]*/", "")
                            + "' as existing listener");
        }
    }

    private ParseContext context(String path) {
        ParseContext context =
                ParseContext.inFile(path, findings.context().ads(), allClusters::contains);
        context = context.withUpstreamBind(upstreamBind(proto));
        context = context.withSecrets(secrets).withRuntime(this::runtime);
        if (findings.context().anonymous()) {
            context = context.withoutNode();
        }
        return constraintsHold ? context.withConstraintsChecked() : context;
    }

    /** What {@code ads: {}} stands for. */
    public static Ads ads(Bootstrap proto) {
        if (!proto.getDynamicResources().hasAdsConfig()) {
            return Ads.NONE;
        }
        return proto.getDynamicResources().getAdsConfig().getApiType() == ApiType.DELTA_GRPC
                ? Ads.DELTA
                : Ads.STATE_OF_THE_WORLD;
    }

    /** The runtime as the file and the disk give it: nothing was discovered yet. */
    private RuntimeSnapshot runtime() {
        if (runtime == null) {
            runtime = new RuntimeLayers(layers, proto.getNode().getCluster()).snapshot();
        }
        return runtime;
    }

    /** Where connections come from whose cluster does not say; {@code null} where nothing says. */
    public static @Nullable BindConfig upstreamBind(Bootstrap proto) {
        return proto.getClusterManager().hasUpstreamBindConfig()
                ? proto.getClusterManager().getUpstreamBindConfig()
                : null;
    }

    private <C> void add(Parsed<C> parsed, List<C> to) {
        switch (parsed) {
            case Parsed.Accepted<C>(var config) -> to.add(config);
            case Parsed.Rejected<C>(var rejections) -> {
                // The bootstrap's own walk has reported the constraints once, in Envoy's words.
                rejections.stream()
                        .filter(r -> r.kind() != Rejection.Kind.CONSTRAINT)
                        .forEach(r -> findings.addAll(List.of(r)));
            }
        }
    }
}
