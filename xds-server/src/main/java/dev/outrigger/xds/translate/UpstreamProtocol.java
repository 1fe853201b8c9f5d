// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.translate;

import com.google.protobuf.Any;
import dev.outrigger.policy.kind.service.ServiceSpec.Protocol;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig;
import java.util.List;

/** What a cluster speaks to its hosts, and the filters on the way to them. */
final class UpstreamProtocol {
    private static final String OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    /** Envoy wants it last among a cluster's filters. */
    private static final HttpFilter CODEC =
            HttpFilter.newBuilder()
                    .setName("envoy.filters.http.upstream_codec")
                    .setTypedConfig(Any.pack(UpstreamCodec.getDefaultInstance()))
                    .build();

    private UpstreamProtocol() {}

    /** Nothing is said where Envoy's default of HTTP/1.1 without filters is meant. */
    static void set(Protocol protocol, List<HttpFilter> filters, Cluster.Builder cluster) {
        if (!protocol.isHttp2() && filters.isEmpty()) {
            return;
        }
        var explicit = ExplicitHttpConfig.newBuilder();
        if (protocol.isHttp2()) {
            explicit.setHttp2ProtocolOptions(Http2ProtocolOptions.getDefaultInstance());
        } else {
            explicit.setHttpProtocolOptions(Http1ProtocolOptions.getDefaultInstance());
        }
        var options = HttpProtocolOptions.newBuilder().setExplicitHttpConfig(explicit);
        if (!filters.isEmpty()) {
            options.addAllHttpFilters(filters).addHttpFilters(CODEC);
        }
        cluster.putTypedExtensionProtocolOptions(OPTIONS, Any.pack(options.build()));
    }
}
