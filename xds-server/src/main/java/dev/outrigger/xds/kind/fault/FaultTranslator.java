// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind.fault;

import com.google.protobuf.Any;
import dev.outrigger.policy.kind.fault.FaultPolicy;
import dev.outrigger.xds.ir.IrRoute;
import dev.outrigger.xds.ir.IrVirtualHost;
import dev.outrigger.xds.kind.FilterKind;
import dev.outrigger.xds.kind.ProtoValues;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.extensions.filters.common.fault.v3.FaultDelay;
import io.envoyproxy.envoy.extensions.filters.common.fault.v3.FaultRateLimit;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.FaultAbort;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;

/** {@code fault}: the fault filter's configuration of a route. */
public final class FaultTranslator implements FilterKind {
    private static final String NAME = "envoy.filters.http.fault";

    @Override
    public HttpFilter filter() {
        return HttpFilter.newBuilder()
                .setName(NAME)
                .setDisabled(true)
                .setTypedConfig(Any.pack(HTTPFault.getDefaultInstance()))
                .build();
    }

    @Override
    public void translate(IrRoute route, IrVirtualHost host, Route.Builder builder) {
        route.policies()
                .find(FaultPolicy.class)
                .ifPresent(
                        policy -> builder.putTypedPerFilterConfig(NAME, Any.pack(fault(policy))));
    }

    private static HTTPFault fault(FaultPolicy policy) {
        var fault = HTTPFault.newBuilder();
        policy.delay()
                .ifPresent(delay ->
                        fault.setDelay(
                                FaultDelay.newBuilder()
                                        .setFixedDelay(ProtoValues.duration(delay.duration()))
                                        .setPercentage(ProtoValues.fraction(delay.percent()))));
        policy.abort()
                .ifPresent(abort -> {
                    var builder =
                            FaultAbort.newBuilder()
                                    .setPercentage(ProtoValues.fraction(abort.percent()));
                    if (abort.isGrpc()) {
                        builder.setGrpcStatus(abort.status());
                    } else {
                        builder.setHttpStatus(abort.status());
                    }
                    fault.setAbort(builder);
                });
        policy.responseRate()
                .ifPresent(rate ->
                        fault.setResponseRateLimit(
                                FaultRateLimit.newBuilder()
                                        .setFixedLimit(
                                                FaultRateLimit.FixedLimit.newBuilder()
                                                        .setLimitKbps(rate.kibPerSecond()))
                                        .setPercentage(ProtoValues.fraction(rate.percent()))));
        policy.maxActive().ifPresent(max -> fault.setMaxActiveFaults(ProtoValues.uint32(max)));
        return fault.build();
    }
}
