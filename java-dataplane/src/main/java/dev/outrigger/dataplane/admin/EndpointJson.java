// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.outrigger.dataplane.config.EndpointAssignment;
import dev.outrigger.dataplane.config.EndpointAssignment.Endpoint;
import dev.outrigger.dataplane.config.EndpointAssignment.HealthStatus;
import dev.outrigger.dataplane.config.EndpointAssignment.LocalityEndpoints;
import dev.outrigger.dataplane.state.Addresses;

/** The hosts a cluster has as the assignment Envoy would make of them. */
final class EndpointJson {
    private EndpointJson() {}

    static JsonObject of(String name, EndpointAssignment assignment, String typeUrl) {
        var json = new JsonObject();
        json.addProperty("@type", typeUrl);
        json.addProperty("cluster_name", name);
        var localities = new JsonArray();
        assignment.localities().forEach(each -> localities.add(locality(each)));
        if (!localities.isEmpty()) {
            json.add("endpoints", localities);
        }
        var policy = new JsonObject();
        policy.addProperty("overprovisioning_factor", assignment.overprovisioningFactor());
        json.add("policy", policy);
        return json;
    }

    private static JsonObject locality(LocalityEndpoints locality) {
        var json = new JsonObject();
        json.add(
                "locality",
                ClusterPaths.locality(locality.region(), locality.zone(), locality.subZone()));
        var endpoints = new JsonArray();
        locality.endpoints().forEach(each -> endpoints.add(endpoint(each)));
        if (!endpoints.isEmpty()) {
            json.add("lb_endpoints", endpoints);
        }
        json.addProperty("load_balancing_weight", locality.weight());
        if (locality.priority() > 0) {
            json.addProperty("priority", locality.priority());
        }
        return json;
    }

    private static JsonObject endpoint(Endpoint endpoint) {
        var address = new JsonObject();
        address.add(
                "socket_address",
                ListenerPaths.socketAddress(
                        Addresses.ip(endpoint.address()), endpoint.address().getPort()));
        var inner = new JsonObject();
        inner.add("address", address);
        inner.add("health_check_config", new JsonObject());
        if (!endpoint.hostname().isEmpty()) {
            inner.addProperty("hostname", endpoint.hostname());
        }
        var json = new JsonObject();
        json.add("endpoint", inner);
        json.addProperty(
                "health_status",
                endpoint.healthStatus() == HealthStatus.UNKNOWN
                        ? HealthStatus.HEALTHY.name()
                        : endpoint.healthStatus().name());
        json.addProperty("load_balancing_weight", endpoint.weight());
        return json;
    }
}
