// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.Metadata;
import dev.outrigger.dataplane.config.MetadataValue;
import dev.outrigger.dataplane.telemetry.JsonText;
import dev.outrigger.dataplane.telemetry.NumberText;
import dev.outrigger.dataplane.upstream.HealthCheckSession.Failure;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * {@code envoy.data.core.v3.HealthCheckEvent} as Envoy writes it to a file: fields in the order of
 * their numbers, so that some events stand before the time stamp and some behind it.
 *
 * @param event the field of the event itself with its message, as JSON
 */
record HealthCheckEvent(HealthCheckSession session, Position position, String event) {
    /** Where the event's field stands. */
    private enum Position {
        BEFORE_TIMESTAMP,
        BEHIND_TIMESTAMP,
        LAST
    }

    static HealthCheckEvent ejectUnhealthy(
            HealthCheckSession session, Failure failure, int status) {
        return new HealthCheckEvent(
                session,
                Position.BEFORE_TIMESTAMP,
                "\"eject_unhealthy_event\":{\"failure_type\":\""
                        + failure
                        + "\",\"http_status_code\":"
                        + status
                        + "}");
    }

    static HealthCheckEvent addHealthy(HealthCheckSession session, boolean first) {
        return new HealthCheckEvent(
                session,
                Position.BEFORE_TIMESTAMP,
                "\"add_healthy_event\":{\"first_check\":" + first + "}");
    }

    static HealthCheckEvent failure(
            HealthCheckSession session, Failure failure, boolean first, int status) {
        return new HealthCheckEvent(
                session,
                Position.BEHIND_TIMESTAMP,
                "\"health_check_failure_event\":{\"failure_type\":\""
                        + failure
                        + "\",\"first_check\":"
                        + first
                        + ",\"http_status_code\":"
                        + status
                        + "}");
    }

    static HealthCheckEvent successful(HealthCheckSession session) {
        return new HealthCheckEvent(session, Position.LAST, "\"successful_health_check_event\":{}");
    }

    static HealthCheckEvent degraded(HealthCheckSession session) {
        return new HealthCheckEvent(
                session, Position.BEHIND_TIMESTAMP, "\"degraded_healthy_host\":{}");
    }

    static HealthCheckEvent noLongerDegraded(HealthCheckSession session) {
        return new HealthCheckEvent(
                session, Position.BEHIND_TIMESTAMP, "\"no_longer_degraded_host\":{}");
    }

    String json(long nowMillis) {
        Host host = session.host;
        InetSocketAddress address = host.address();
        String ip = host.addressText();
        ip = ip.substring(0, ip.lastIndexOf(':')).replace("[", "").replace("]", "");
        LocalityKey locality = host.locality();
        var fields = new StringJoiner(",", "{", "}");
        fields.add("\"health_checker_type\":\"" + session.type() + "\"");
        fields.add(
                "\"host\":{\"socket_address\":{\"protocol\":\"TCP\",\"address\":\""
                        + ip
                        + "\",\"port_value\":"
                        + address.getPort()
                        + ",\"resolver_name\":\"\",\"ipv4_compat\":false,"
                        + "\"network_namespace_filepath\":\"\"}}");
        fields.add("\"cluster_name\":" + JsonText.quote(session.checker.cluster.name()));
        if (position == Position.BEFORE_TIMESTAMP) {
            fields.add(event);
        }
        fields.add("\"timestamp\":\"" + Instant.ofEpochMilli(nowMillis) + "\"");
        if (position == Position.BEHIND_TIMESTAMP) {
            fields.add(event);
        }
        if (!host.metadata().filters().isEmpty()) {
            fields.add("\"metadata\":" + metadata(host.metadata()));
        }
        fields.add(
                "\"locality\":{\"region\":"
                        + JsonText.quote(locality.region())
                        + ",\"zone\":"
                        + JsonText.quote(locality.zone())
                        + ",\"sub_zone\":"
                        + JsonText.quote(locality.subZone())
                        + "}");
        if (position == Position.LAST) {
            fields.add(event);
        }
        return fields.toString();
    }

    private static String metadata(Metadata metadata) {
        var fields = new StringJoiner(",", "{", "}");
        new TreeMap<>(metadata.filters())
                .forEach((name, struct) -> fields.add(JsonText.quote(name) + ":" + value(struct)));
        return "{\"filter_metadata\":" + fields + ",\"typed_filter_metadata\":{}}";
    }

    private static String value(MetadataValue value) {
        return switch (value) {
            case MetadataValue.Null() -> "null";
            case MetadataValue.Bool(boolean b) -> Boolean.toString(b);
            case MetadataValue.Numeric(double n) -> NumberText.exact(n);
            case MetadataValue.Text(String text) -> JsonText.quote(text);
            case MetadataValue.ListOf(var values) -> {
                var list = new StringJoiner(",", "[", "]");
                values.forEach(each -> list.add(value(each)));
                yield list.toString();
            }
            case MetadataValue.Struct(var fields) -> {
                var struct = new StringJoiner(",", "{", "}");
                new TreeMap<>(fields)
                        .forEach((name, each) ->
                                struct.add(JsonText.quote(name) + ":" + value(each)));
                yield struct.toString();
            }
        };
    }
}
