// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.StatsSinkConfig;
import dev.outrigger.dataplane.config.StatsSinkConfig.Tags;
import dev.outrigger.dataplane.parse.AddressParser.Names;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.metrics.v3.DogStatsdSink;
import io.envoyproxy.envoy.config.metrics.v3.StatsSink;
import io.envoyproxy.envoy.config.metrics.v3.StatsdSink;
import io.envoyproxy.envoy.extensions.stat_sinks.graphite_statsd.v3.GraphiteStatsdSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code stats_sinks}; their defaults are here and nowhere else. */
final class StatsSinkParser {
    private static final String DEFAULT_PREFIX = "envoy";

    private static final SupportedFields STATSD =
            SupportedFields.of(StatsdSink.class)
                    .nested("address", () -> AddressParser.ADDRESS)
                    .obeyed("tcp_cluster_name", "prefix");

    private static final SupportedFields DOG =
            SupportedFields.of(DogStatsdSink.class)
                    .nested("address", () -> AddressParser.ADDRESS)
                    .obeyed("prefix", "max_bytes_per_datagram");

    private static final SupportedFields GRAPHITE =
            SupportedFields.of(GraphiteStatsdSink.class)
                    .nested("address", () -> AddressParser.ADDRESS)
                    .obeyed("prefix", "max_bytes_per_datagram");

    static final SupportedFields SINK =
            SupportedFields.of(StatsSink.class)
                    .noEffect("name", "the type decides")
                    .extension("typed_config", List.of(() -> STATSD, () -> DOG, () -> GRAPHITE));

    private StatsSinkParser() {}

    static List<StatsSinkConfig> parse(List<StatsSink> protos, String path, Findings findings) {
        var sinks = new ArrayList<StatsSinkConfig>();
        for (int i = 0; i < protos.size(); i++) {
            one(protos.get(i), FieldPaths.index(path, i) + ".typed_config", findings)
                    .ifPresent(sinks::add);
        }
        return sinks;
    }

    private static Optional<StatsSinkConfig> one(StatsSink proto, String at, Findings findings) {
        var any = proto.getTypedConfig();
        var statsd = Values.unpack(any, StatsdSink.class, at, findings);
        if (statsd.isPresent() && statsd.get().hasTcpClusterName()) {
            return Optional.of(
                    new StatsSinkConfig.Lines(
                            statsd.get().getTcpClusterName(), prefix(statsd.get().getPrefix())));
        }
        if (statsd.isPresent()) {
            return sink(
                    statsd.get().getAddress(),
                    statsd.get().getPrefix(),
                    Tags.NONE,
                    0,
                    at,
                    findings);
        }
        var dog = Values.unpack(any, DogStatsdSink.class, at, findings);
        if (dog.isPresent()) {
            return sink(
                    dog.get().getAddress(),
                    dog.get().getPrefix(),
                    Tags.AFTER_VALUE,
                    maxBytes(dog.get().getMaxBytesPerDatagram().getValue()),
                    at,
                    findings);
        }
        return Values.unpack(any, GraphiteStatsdSink.class, at, findings)
                .flatMap(graphite ->
                        sink(
                                graphite.getAddress(),
                                graphite.getPrefix(),
                                Tags.AFTER_NAME,
                                maxBytes(graphite.getMaxBytesPerDatagram().getValue()),
                                at,
                                findings));
    }

    private static int maxBytes(long value) {
        return Values.clamp(value);
    }

    private static Optional<StatsSinkConfig> sink(
            Address address, String prefix, Tags tags, int maxBytes, String at, Findings findings) {
        return AddressParser.parse(address, Names.REFUSED, FieldPaths.join(at, "address"), findings)
                .map(to -> new StatsSinkConfig.Datagrams(to, prefix(prefix), tags, maxBytes));
    }

    private static String prefix(String configured) {
        return configured.isEmpty() ? DEFAULT_PREFIX : configured;
    }
}
