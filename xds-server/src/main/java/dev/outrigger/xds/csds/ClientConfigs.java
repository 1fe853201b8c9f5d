// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.csds;

import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import dev.outrigger.policy.status.ProxyStatus;
import dev.outrigger.policy.status.ProxyStatus.Rejection;
import dev.outrigger.policy.status.ProxyStatus.TypeStatus;
import dev.outrigger.xds.node.NodeIdentity;
import dev.outrigger.xds.node.Subscribed;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.Snapshot;
import dev.outrigger.xds.snapshot.VersionedResource;
import io.envoyproxy.envoy.admin.v3.ClientResourceStatus;
import io.envoyproxy.envoy.admin.v3.UpdateFailureState;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.status.v3.ClientConfig;
import io.envoyproxy.envoy.service.status.v3.ClientConfig.GenericXdsConfig;
import io.envoyproxy.envoy.service.status.v3.ConfigStatus;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;

/**
 * One client as client status describes it: each resource it asked for, whether there is one or
 * not, and those it refused.
 */
final class ClientConfigs {
    private ClientConfigs() {}

    static ClientConfig of(
            NodeIdentity node,
            ProxyStatus status,
            Subscribed subscribed,
            Optional<Snapshot> snapshot,
            boolean contents) {
        var config = ClientConfig.newBuilder().setNode(node(node));
        for (ResourceType type : ResourceType.values()) {
            var ofType = status.types().get(type.typeUrl());
            if (ofType != null && snapshot.isPresent()) {
                add(config, type, ofType, subscribed, snapshot.get(), contents);
            }
        }
        return config.build();
    }

    private static void add(
            ClientConfig.Builder config,
            ResourceType type,
            TypeStatus status,
            Subscribed subscribed,
            Snapshot snapshot,
            boolean contents) {
        var refused =
                new HashSet<>(
                        status.rejection().map(Rejection::resources).orElseGet(java.util.List::of));
        for (VersionedResource resource : snapshot.type(type).byName().values()) {
            if (!subscribed.contains(type, resource.name())) {
                continue;
            }
            var one =
                    GenericXdsConfig.newBuilder()
                            .setTypeUrl(type.typeUrl())
                            .setName(resource.name())
                            .setVersionInfo(resource.version())
                            .setLastUpdated(timestamp(status.since()))
                            .setConfigStatus(configStatus(status))
                            .setClientStatus(clientStatus(status));
            if (contents) {
                one.setXdsConfig(resource.any());
            }
            if (refused.remove(resource.name())) {
                fail(one, status);
            }
            config.addGenericXdsConfigs(one);
        }
        for (String name : subscribed.names(type)) {
            if (snapshot.type(type).get(name) == null && !refused.contains(name)) {
                config.addGenericXdsConfigs(
                        GenericXdsConfig.newBuilder()
                                .setTypeUrl(type.typeUrl())
                                .setName(name)
                                .setConfigStatus(ConfigStatus.NOT_SENT)
                                .setClientStatus(ClientResourceStatus.DOES_NOT_EXIST));
            }
        }
        // What was refused when it was new is not in what is served.
        for (String name : refused) {
            var one = GenericXdsConfig.newBuilder().setTypeUrl(type.typeUrl()).setName(name);
            fail(one, status);
            config.addGenericXdsConfigs(one);
        }
    }

    private static void fail(GenericXdsConfig.Builder one, TypeStatus status) {
        one.setConfigStatus(ConfigStatus.ERROR).setClientStatus(ClientResourceStatus.NACKED);
        status.rejection()
                .ifPresent(rejection ->
                        one.setErrorState(
                                UpdateFailureState.newBuilder()
                                        .setDetails(rejection.error())
                                        .setVersionInfo(rejection.version())
                                        .setLastUpdateAttempt(timestamp(rejection.at()))));
    }

    private static ConfigStatus configStatus(TypeStatus status) {
        return switch (status.state()) {
            case SYNCED, HELD, REJECTED -> ConfigStatus.SYNCED;
            case PENDING -> ConfigStatus.STALE;
            case NOT_SUBSCRIBED, DISCONNECTED -> ConfigStatus.NOT_SENT;
        };
    }

    private static ClientResourceStatus clientStatus(TypeStatus status) {
        return switch (status.state()) {
            case SYNCED, HELD, REJECTED -> ClientResourceStatus.ACKED;
            case PENDING -> ClientResourceStatus.REQUESTED;
            case NOT_SUBSCRIBED, DISCONNECTED -> ClientResourceStatus.UNKNOWN;
        };
    }

    private static Node node(NodeIdentity node) {
        var metadata = Struct.newBuilder();
        node.labels()
                .forEach((name, value) ->
                        metadata.putFields(name, Value.newBuilder().setStringValue(value).build()));
        return Node.newBuilder()
                .setId(node.id())
                .setCluster(node.cluster())
                .setUserAgentName(node.userAgent())
                .setMetadata(metadata)
                .build();
    }

    private static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }
}
