// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind.healthcheck;

import com.google.protobuf.BoolValue;
import dev.outrigger.policy.kind.healthcheck.HealthCheckPolicy;
import dev.outrigger.policy.kind.healthcheck.HealthCheckPolicy.Check;
import dev.outrigger.xds.ir.IrCluster;
import dev.outrigger.xds.kind.ClusterKind;
import dev.outrigger.xds.kind.ProtoValues;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.HealthCheck;
import io.envoyproxy.envoy.config.core.v3.RequestMethod;
import io.envoyproxy.envoy.type.v3.CodecClientType;
import io.envoyproxy.envoy.type.v3.Int64Range;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedSet;

/** {@code healthCheck}: the one health check of a cluster. */
public final class HealthCheckTranslator implements ClusterKind {
    @Override
    public void translate(IrCluster.Outbound outbound, Cluster.Builder cluster) {
        outbound.policies()
                .find(HealthCheckPolicy.class)
                .ifPresent(policy -> cluster.addHealthChecks(check(policy, outbound)));
    }

    private static HealthCheck check(HealthCheckPolicy policy, IrCluster.Outbound outbound) {
        var check =
                HealthCheck.newBuilder()
                        .setInterval(ProtoValues.duration(policy.interval()))
                        .setTimeout(ProtoValues.duration(policy.timeout()))
                        .setNoTrafficInterval(ProtoValues.duration(policy.noTrafficInterval()))
                        .setUnhealthyThreshold(ProtoValues.uint32(policy.unhealthyThreshold()))
                        .setHealthyThreshold(ProtoValues.uint32(policy.healthyThreshold()))
                        .setReuseConnection(BoolValue.of(policy.reuseConnection()));
        policy.unhealthyInterval()
                .ifPresent(interval -> check.setUnhealthyInterval(ProtoValues.duration(interval)));
        switch (policy.check()) {
            case Check.Http http -> check.setHttpHealthCheck(http(http, outbound));
            case Check.Tcp tcp -> check.setTcpHealthCheck(tcp(tcp));
            case Check.Grpc(var service) -> {
                var grpc = HealthCheck.GrpcHealthCheck.newBuilder();
                service.ifPresent(grpc::setServiceName);
                check.setGrpcHealthCheck(grpc);
            }
        }
        return check.build();
    }

    private static HealthCheck.HttpHealthCheck http(Check.Http http, IrCluster.Outbound outbound) {
        var protocol = outbound.protocol();
        return HealthCheck.HttpHealthCheck.newBuilder()
                .setCodecClientType(
                        protocol.isHttp2() ? CodecClientType.HTTP2 : CodecClientType.HTTP1)
                .setPath(http.path())
                // Envoy would send the cluster's name, whose slashes are no Host header.
                .setHost(http.host().orElse(outbound.servicePort().service()))
                .setMethod(RequestMethod.valueOf(http.method()))
                .addAllExpectedStatuses(ranges(http.expectedStatuses()))
                .build();
    }

    /** As few half-open ranges as there are gaps. */
    private static List<Int64Range> ranges(SortedSet<Integer> codes) {
        var ranges = new ArrayList<Int64Range>();
        for (int code : codes) {
            if (!ranges.isEmpty() && ranges.getLast().getEnd() == code) {
                ranges.set(ranges.size() - 1, range(ranges.getLast().getStart(), code));
            } else {
                ranges.add(range(code, code));
            }
        }
        return ranges;
    }

    private static Int64Range range(long first, long last) {
        return Int64Range.newBuilder().setStart(first).setEnd(last + 1).build();
    }

    private static HealthCheck.TcpHealthCheck tcp(Check.Tcp tcp) {
        var check = HealthCheck.TcpHealthCheck.newBuilder();
        tcp.send().ifPresent(text -> check.setSend(payload(text)));
        tcp.receive().forEach(text -> check.addReceive(payload(text)));
        return check.build();
    }

    /** Envoy takes bytes as hexadecimal digits. */
    private static HealthCheck.Payload payload(String text) {
        return HealthCheck.Payload.newBuilder()
                .setText(HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)))
                .build();
    }
}
