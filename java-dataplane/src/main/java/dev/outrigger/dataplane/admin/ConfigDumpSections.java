// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.re2j.Pattern;
import dev.outrigger.dataplane.ads.Resource;
import dev.outrigger.dataplane.ads.XdsType;
import dev.outrigger.dataplane.config.ActiveCluster;
import dev.outrigger.dataplane.config.ClusterConfig.Discovery;
import dev.outrigger.dataplane.state.AcceptedResource;
import dev.outrigger.dataplane.state.ConfigAssembler;
import dev.outrigger.dataplane.state.ConfigView;
import dev.outrigger.dataplane.state.RefusedResource;
import io.envoyproxy.envoy.admin.v3.BootstrapConfigDump;
import io.envoyproxy.envoy.admin.v3.ClustersConfigDump;
import io.envoyproxy.envoy.admin.v3.EcdsConfigDump;
import io.envoyproxy.envoy.admin.v3.EndpointsConfigDump;
import io.envoyproxy.envoy.admin.v3.ListenersConfigDump;
import io.envoyproxy.envoy.admin.v3.RoutesConfigDump;
import io.envoyproxy.envoy.admin.v3.ScopedRoutesConfigDump;
import io.envoyproxy.envoy.admin.v3.SecretsConfigDump;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.ScopedRouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.service.runtime.v3.Runtime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The messages {@code /config_dump} is made of, in Envoy's order. Main loop only. */
final class ConfigDumpSections {
    private final ConfigAssembler state;
    private final Bootstrap bootstrap;

    ConfigDumpSections(ConfigAssembler state, Bootstrap bootstrap) {
        this.state = state;
        this.bootstrap = bootstrap;
    }

    /**
     * @param names keeps only resources whose whole name matches
     */
    List<ConfigDumpSection> build(boolean withEndpoints, Optional<Pattern> names) {
        ConfigView view = state.view();
        var sections = new ArrayList<ConfigDumpSection>();
        sections.add(bootstrap(view));
        sections.add(clusters(view, names));
        if (view.hasExtensions()) {
            var ecds = new ConfigDumpSection(EcdsConfigDump.getDescriptor());
            ecds.add("ecds_filters", dynamic("ecds_filter", view.extensions(), names));
            sections.add(ecds);
        }
        if (withEndpoints) {
            sections.add(endpoints(view, names));
        }
        sections.add(listeners(view, names));
        if (!view.listeners().isEmpty() || bootstrap.getStaticResources().getListenersCount() > 0) {
            // Envoy has these once the first connection manager exists.
            sections.add(scopedRoutes(view, names));
            sections.add(routes(view, names));
        }
        sections.add(new ConfigDumpSection(SecretsConfigDump.getDescriptor()));
        return sections;
    }

    private ConfigDumpSection bootstrap(ConfigView view) {
        var section = new ConfigDumpSection(BootstrapConfigDump.getDescriptor());
        section.add("bootstrap", AdminJson.of(bootstrap));
        section.add("last_updated", new JsonPrimitive(AdminJson.time(view.startedMillis())));
        return section;
    }

    private ConfigDumpSection clusters(ConfigView view, Optional<Pattern> names) {
        var section = new ConfigDumpSection(ClustersConfigDump.getDescriptor());
        version(section, view.cdsVersion());
        var statics = new ArrayList<Supplier<JsonObject>>();
        // Envoy keeps clusters by their names.
        bootstrap.getStaticResources().getClustersList().stream()
                .filter(cluster -> wanted(cluster.getName(), names))
                .sorted(Comparator.comparing(Cluster::getName))
                .forEach(cluster ->
                        statics.add(
                                () -> fixed("cluster", XdsType.CLUSTER.typeUrl(), cluster, view)));
        section.add("static_clusters", statics);
        section.add("dynamic_active_clusters", clusters(view.activeClusters(), names));
        section.add("dynamic_warming_clusters", clusters(view.warmingClusters(), names));
        return section;
    }

    private static List<Supplier<JsonObject>> clusters(
            List<AcceptedResource> clusters, Optional<Pattern> names) {
        return dynamic(
                "cluster",
                clusters.stream().sorted(Comparator.comparing(AcceptedResource::name)).toList(),
                names);
    }

    private ConfigDumpSection listeners(ConfigView view, Optional<Pattern> names) {
        var section = new ConfigDumpSection(ListenersConfigDump.getDescriptor());
        version(section, view.ldsVersion());
        var statics = new ArrayList<Supplier<JsonObject>>();
        for (Listener listener : bootstrap.getStaticResources().getListenersList()) {
            if (wanted(listener.getName(), names)) {
                statics.add(() -> fixed("listener", XdsType.LISTENER.typeUrl(), listener, view));
            }
        }
        section.add("static_listeners", statics);
        var dynamics = new ArrayList<Supplier<JsonObject>>();
        for (var listener : view.listeners()) {
            if (wanted(listener.name(), names)) {
                dynamics.add(() -> dynamic(listener));
            }
        }
        section.add("dynamic_listeners", dynamics);
        return section;
    }

    private static JsonObject dynamic(ConfigView.DynamicListener listener) {
        var json = new JsonObject();
        json.addProperty("name", listener.name());
        listener.active().ifPresent(it -> json.add("active_state", accepted("listener", it)));
        listener.warming().ifPresent(it -> json.add("warming_state", accepted("listener", it)));
        listener.error().ifPresent(it -> json.add("error_state", error(it)));
        return json;
    }

    private static ConfigDumpSection scopedRoutes(ConfigView view, Optional<Pattern> names) {
        var section = new ConfigDumpSection(ScopedRoutesConfigDump.getDescriptor());
        var dynamics = new ArrayList<Supplier<JsonObject>>();
        view.scopes()
                .forEach((name, scopes) -> {
                    if (wanted(name, names)) {
                        dynamics.add(() -> scoped(name, scopes));
                    }
                });
        section.add("dynamic_scoped_route_configs", dynamics);
        return section;
    }

    private static JsonObject scoped(String name, List<AcceptedResource> scopes) {
        var json = new JsonObject();
        json.addProperty("name", name);
        if (!scopes.isEmpty()) {
            AcceptedResource last = scopes.getLast();
            version(json, last.version());
            var configs = new JsonArray();
            scopes.forEach(scope -> configs.add(resource(scope.resource())));
            json.add("scoped_route_configs", configs);
            json.addProperty("last_updated", AdminJson.time(last.lastUpdatedMillis()));
        }
        return json;
    }

    private ConfigDumpSection routes(ConfigView view, Optional<Pattern> names) {
        var section = new ConfigDumpSection(RoutesConfigDump.getDescriptor());
        var statics = new ArrayList<Supplier<JsonObject>>();
        for (Listener listener : bootstrap.getStaticResources().getListenersList()) {
            inline(listener, view, names, statics);
        }
        for (var listener : view.listeners()) {
            listener.active()
                    .ifPresent(it ->
                            decode(it.resource(), Listener.getDefaultInstance())
                                    .ifPresent(m -> inline(m, view, names, statics)));
        }
        section.add("static_route_configs", statics);
        section.add("dynamic_route_configs", dynamic("route_config", view.routes(), names));
        return section;
    }

    /** Envoy counts a route configuration inside a connection manager as a static one. */
    private static void inline(
            Listener listener,
            ConfigView view,
            Optional<Pattern> names,
            List<Supplier<JsonObject>> into) {
        for (var chain : listener.getFilterChainsList()) {
            for (var filter : chain.getFiltersList()) {
                try {
                    if (filter.getTypedConfig().is(HttpConnectionManager.class)) {
                        var hcm = filter.getTypedConfig().unpack(HttpConnectionManager.class);
                        if (hcm.hasRouteConfig() && wanted(hcm.getRouteConfig().getName(), names)) {
                            into.add(() ->
                                    fixed(
                                            "route_config",
                                            XdsType.ROUTE.typeUrl(),
                                            hcm.getRouteConfig(),
                                            view));
                        }
                    }
                } catch (InvalidProtocolBufferException e) {
                    // Cannot be: the parser accepted it.
                    throw new IllegalStateException(filter.getName(), e);
                }
            }
        }
    }

    private ConfigDumpSection endpoints(ConfigView view, Optional<Pattern> names) {
        var section = new ConfigDumpSection(EndpointsConfigDump.getDescriptor());
        var statics = new ArrayList<Supplier<JsonObject>>();
        var dynamics = new ArrayList<Supplier<JsonObject>>();
        for (ActiveCluster cluster : view.clusters()) {
            boolean eds = cluster.config().discovery() instanceof Discovery.Eds;
            String name =
                    cluster.config().discovery() instanceof Discovery.Eds(var service, _)
                            ? service
                            : cluster.config().name();
            if (wanted(name, names)) {
                (eds ? dynamics : statics).add(() -> assignment(name, cluster));
            }
        }
        section.add("static_endpoint_configs", statics);
        section.add("dynamic_endpoint_configs", dynamics);
        return section;
    }

    private static JsonObject assignment(String name, ActiveCluster cluster) {
        var json = new JsonObject();
        json.add(
                "endpoint_config",
                EndpointJson.of(name, cluster.endpoints(), XdsType.ENDPOINT.typeUrl()));
        return json;
    }

    private static List<Supplier<JsonObject>> dynamic(
            String field, List<AcceptedResource> resources, Optional<Pattern> names) {
        var list = new ArrayList<Supplier<JsonObject>>();
        for (AcceptedResource resource : resources) {
            if (wanted(resource.name(), names)) {
                list.add(() -> accepted(field, resource));
            }
        }
        return list;
    }

    private static JsonObject accepted(String field, AcceptedResource accepted) {
        var json = new JsonObject();
        version(json, accepted.version());
        json.add(field, resource(accepted.resource()));
        json.addProperty("last_updated", AdminJson.time(accepted.lastUpdatedMillis()));
        return json;
    }

    private static JsonObject error(RefusedResource refused) {
        var json = new JsonObject();
        json.add("failed_configuration", resource(refused.resource()));
        json.addProperty("last_update_attempt", AdminJson.time(refused.attemptMillis()));
        json.addProperty("details", refused.details());
        return json;
    }

    private static JsonObject fixed(
            String field, String typeUrl, Message message, ConfigView view) {
        var json = new JsonObject();
        json.add(field, AdminJson.typed(typeUrl, message));
        json.addProperty("last_updated", AdminJson.time(view.startedMillis()));
        return json;
    }

    private static JsonObject resource(Resource resource) {
        Message type =
                switch (XdsType.find(resource.typeUrl()).orElse(null)) {
                    case CLUSTER -> Cluster.getDefaultInstance();
                    case ENDPOINT -> ClusterLoadAssignment.getDefaultInstance();
                    case LISTENER -> Listener.getDefaultInstance();
                    case ROUTE -> RouteConfiguration.getDefaultInstance();
                    case SCOPED_ROUTE -> ScopedRouteConfiguration.getDefaultInstance();
                    case VIRTUAL_HOST -> VirtualHost.getDefaultInstance();
                    case SECRET -> Secret.getDefaultInstance();
                    case RUNTIME -> Runtime.getDefaultInstance();
                    case EXTENSION_CONFIG -> TypedExtensionConfig.getDefaultInstance();
                    case null -> Any.getDefaultInstance();
                };
        return decode(resource, type)
                .map(message -> AdminJson.typed(resource.typeUrl(), message))
                .orElseGet(() ->
                        AdminJson.of(
                                Any.newBuilder()
                                        .setTypeUrl(resource.typeUrl())
                                        .setValue(ByteString.copyFrom(resource.value()))
                                        .build()));
    }

    @SuppressWarnings("unchecked") // A message's parser makes messages of its own type.
    private static <M extends Message> Optional<M> decode(Resource resource, M type) {
        try {
            return Optional.of((M) type.getParserForType().parseFrom(resource.value()));
        } catch (InvalidProtocolBufferException e) {
            return Optional.empty();
        }
    }

    private static boolean wanted(String name, Optional<Pattern> names) {
        return names.isEmpty() || names.get().matches(name);
    }

    private static void version(JsonObject json, String version) {
        if (!version.isEmpty()) {
            json.addProperty("version_info", version);
        }
    }

    private static void version(ConfigDumpSection section, String version) {
        if (!version.isEmpty()) {
            section.add("version_info", new JsonPrimitive(version));
        }
    }
}
