// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
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
import io.envoyproxy.envoy.admin.v3.EndpointsConfigDump;
import io.envoyproxy.envoy.admin.v3.ListenersConfigDump;
import io.envoyproxy.envoy.admin.v3.RoutesConfigDump;
import io.envoyproxy.envoy.admin.v3.ScopedRoutesConfigDump;
import io.envoyproxy.envoy.admin.v3.SecretsConfigDump;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The messages {@code /config_dump} is made of, in Envoy's order. Main loop only. */
final class ConfigDumpSections {
    private final ConfigAssembler state;
    private final Bootstrap bootstrap;
    private final JsonObject bootstrapJson;

    ConfigDumpSections(ConfigAssembler state, Bootstrap bootstrap) {
        this.state = state;
        this.bootstrap = bootstrap;
        this.bootstrapJson = AdminJson.of(bootstrap);
    }

    /**
     * @param names keeps only resources whose whole name matches
     */
    List<Section> build(boolean withEndpoints, Optional<Pattern> names) {
        ConfigView view = state.view();
        var sections = new ArrayList<Section>();
        sections.add(bootstrap(view));
        sections.add(clusters(view, names));
        if (withEndpoints) {
            sections.add(endpoints(view, names));
        }
        sections.add(listeners(view, names));
        if (!view.listeners().isEmpty()
                || bootstrap.getStaticResources().getListenersCount() > 0) {
            // Envoy has these once the first connection manager exists.
            sections.add(new Section(ScopedRoutesConfigDump.getDescriptor(), new JsonObject()));
            sections.add(routes(view, names));
        }
        sections.add(new Section(SecretsConfigDump.getDescriptor(), new JsonObject()));
        return sections;
    }

    private Section bootstrap(ConfigView view) {
        var json = new JsonObject();
        json.add("bootstrap", bootstrapJson);
        json.addProperty("last_updated", AdminJson.time(view.startedMillis()));
        return new Section(BootstrapConfigDump.getDescriptor(), json);
    }

    private Section clusters(ConfigView view, Optional<Pattern> names) {
        var json = new JsonObject();
        version(json, view.cdsVersion());
        var statics = new JsonArray();
        for (Cluster cluster : bootstrap.getStaticResources().getClustersList()) {
            if (wanted(cluster.getName(), names)) {
                statics.add(fixed("cluster", XdsType.CLUSTER.typeUrl(), cluster, view));
            }
        }
        add(json, "static_clusters", statics);
        add(json, "dynamic_active_clusters", dynamic("cluster", view.activeClusters(), names));
        add(json, "dynamic_warming_clusters", dynamic("cluster", view.warmingClusters(), names));
        return new Section(ClustersConfigDump.getDescriptor(), json);
    }

    private Section listeners(ConfigView view, Optional<Pattern> names) {
        var json = new JsonObject();
        version(json, view.ldsVersion());
        var statics = new JsonArray();
        for (Listener listener : bootstrap.getStaticResources().getListenersList()) {
            if (wanted(listener.getName(), names)) {
                statics.add(fixed("listener", XdsType.LISTENER.typeUrl(), listener, view));
            }
        }
        add(json, "static_listeners", statics);
        var dynamics = new JsonArray();
        for (var listener : view.listeners()) {
            if (!wanted(listener.name(), names)) {
                continue;
            }
            var each = new JsonObject();
            each.addProperty("name", listener.name());
            listener.active()
                    .ifPresent(it -> each.add("active_state", accepted("listener", it)));
            listener.warming()
                    .ifPresent(it -> each.add("warming_state", accepted("listener", it)));
            listener.error().ifPresent(it -> each.add("error_state", error(it)));
            dynamics.add(each);
        }
        add(json, "dynamic_listeners", dynamics);
        return new Section(ListenersConfigDump.getDescriptor(), json);
    }

    private Section routes(ConfigView view, Optional<Pattern> names) {
        var json = new JsonObject();
        var statics = new JsonArray();
        for (Listener listener : bootstrap.getStaticResources().getListenersList()) {
            inline(listener, view, names, statics);
        }
        for (var listener : view.listeners()) {
            listener.active()
                    .ifPresent(
                            it ->
                                    decode(it.resource(), Listener.getDefaultInstance())
                                            .ifPresent(m -> inline(m, view, names, statics)));
        }
        add(json, "static_route_configs", statics);
        add(json, "dynamic_route_configs", dynamic("route_config", view.routes(), names));
        return new Section(RoutesConfigDump.getDescriptor(), json);
    }

    /** Envoy counts a route configuration inside a connection manager as a static one. */
    private static void inline(
            Listener listener, ConfigView view, Optional<Pattern> names, JsonArray into) {
        for (var chain : listener.getFilterChainsList()) {
            for (var filter : chain.getFiltersList()) {
                try {
                    if (filter.getTypedConfig().is(HttpConnectionManager.class)) {
                        var hcm = filter.getTypedConfig().unpack(HttpConnectionManager.class);
                        if (hcm.hasRouteConfig()
                                && wanted(hcm.getRouteConfig().getName(), names)) {
                            into.add(
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

    private Section endpoints(ConfigView view, Optional<Pattern> names) {
        var json = new JsonObject();
        var statics = new JsonArray();
        var dynamics = new JsonArray();
        for (ActiveCluster cluster : view.clusters()) {
            boolean eds = cluster.config().discovery() instanceof Discovery.Eds;
            String name =
                    cluster.config().discovery() instanceof Discovery.Eds(var service, _)
                            ? service
                            : cluster.config().name();
            if (wanted(name, names)) {
                var each = new JsonObject();
                each.add(
                        "endpoint_config",
                        EndpointJson.of(name, cluster.endpoints(), XdsType.ENDPOINT.typeUrl()));
                (eds ? dynamics : statics).add(each);
            }
        }
        add(json, "static_endpoint_configs", statics);
        add(json, "dynamic_endpoint_configs", dynamics);
        return new Section(EndpointsConfigDump.getDescriptor(), json);
    }

    private static JsonArray dynamic(
            String field, List<AcceptedResource> resources, Optional<Pattern> names) {
        var array = new JsonArray();
        for (AcceptedResource resource : resources) {
            if (wanted(resource.name(), names)) {
                array.add(accepted(field, resource));
            }
        }
        return array;
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
                    case null -> Any.getDefaultInstance();
                };
        return decode(resource, type)
                .map(message -> AdminJson.typed(resource.typeUrl(), message))
                .orElseGet(
                        () ->
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

    private static void add(JsonObject json, String field, JsonArray array) {
        if (!array.isEmpty()) {
            json.add(field, array);
        }
    }

    /** One message of the dump; its descriptor knows which fields it could have. */
    static final class Section {
        private final Descriptor descriptor;
        private final JsonObject json = new JsonObject();

        Section(Descriptor descriptor, JsonObject content) {
            this.descriptor = descriptor;
            json.addProperty("@type", "type.googleapis.com/" + descriptor.getFullName());
            content.entrySet().forEach(entry -> json.add(entry.getKey(), entry.getValue()));
        }

        JsonObject json() {
            return json;
        }

        Set<String> fields() {
            return names(descriptor);
        }

        boolean hasFields(List<String> paths) {
            return paths.stream().allMatch(this::hasField);
        }

        boolean isRepeated(String field) {
            return descriptor.findFieldByName(field).isRepeated();
        }

        String elementType(String field) {
            return "type.googleapis.com/" + element(field).getFullName();
        }

        Set<String> elementFields(String field) {
            return names(element(field));
        }

        /** A mask goes through single messages only, as Envoy's does. */
        private boolean hasField(String path) {
            String[] parts = path.split("\\.", 2);
            FieldDescriptor field = descriptor.findFieldByName(parts[0]);
            return field != null && (parts.length == 1 || !field.isRepeated());
        }

        private Descriptor element(String field) {
            return descriptor.findFieldByName(field).getMessageType();
        }

        private static Set<String> names(Descriptor descriptor) {
            return descriptor.getFields().stream()
                    .map(FieldDescriptor::getName)
                    .collect(Collectors.toSet());
        }
    }
}
