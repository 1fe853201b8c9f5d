// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import com.google.gson.Gson;
import com.google.protobuf.TextFormat;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.outrigger.dataplane.parse.SupportedTables;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.ScopedRouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.envoyproxy.envoy.service.runtime.v3.Runtime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads a {@code DiscoveryResponse} in the formats Envoy knows by the file's ending. */
final class DiscoveryFile {
    /** A configuration larger than this is a mistake. */
    private static final int MAX_BYTES = 64 << 20;

    private static final TypeRegistry TYPES =
            TypeRegistry.newBuilder()
                    .add(SupportedTables.extensionTypes())
                    .add(Cluster.getDescriptor())
                    .add(ClusterLoadAssignment.getDescriptor())
                    .add(Listener.getDescriptor())
                    .add(RouteConfiguration.getDescriptor())
                    .add(ScopedRouteConfiguration.getDescriptor())
                    .add(VirtualHost.getDescriptor())
                    .add(Secret.getDescriptor())
                    .add(Runtime.getDescriptor())
                    .add(TypedExtensionConfig.getDescriptor())
                    .add(Resource.getDescriptor())
                    .build();

    private DiscoveryFile() {}

    /** What may be inside an {@code Any} of a response in JSON. */
    static TypeRegistry types() {
        return TYPES;
    }

    static DiscoveryResponse read(Path path) throws IOException {
        if (Files.size(path) > MAX_BYTES) {
            throw new IOException(path + ": larger than " + MAX_BYTES + " bytes");
        }
        byte[] bytes = Files.readAllBytes(path);
        String name = path.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".pb")) {
            return DiscoveryResponse.parseFrom(bytes);
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        var response = DiscoveryResponse.newBuilder();
        if (name.endsWith(".pb_text")) {
            TextFormat.Parser.newBuilder().setTypeRegistry(TYPES).build().merge(text, response);
            return response.build();
        }
        boolean yaml = name.endsWith(".yaml") || name.endsWith(".yml");
        JsonFormat.parser().usingTypeRegistry(TYPES).merge(yaml ? json(text) : text, response);
        return response.build();
    }

    private static String json(String yaml) throws IOException {
        var settings =
                LoadSettings.builder()
                        .setCodePointLimit(MAX_BYTES)
                        .setAllowDuplicateKeys(false)
                        .build();
        try {
            return new Gson().toJson(new Load(settings).loadFromString(yaml));
        } catch (YamlEngineException e) {
            throw new IOException("Unable to convert YAML as JSON: " + e.getMessage(), e);
        }
    }
}
