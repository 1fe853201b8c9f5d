// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.testing;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StderrAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StdoutAccessLog;
import io.envoyproxy.envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.Cors;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy;
import io.envoyproxy.envoy.extensions.filters.http.credential_injector.v3.CredentialInjector;
import io.envoyproxy.envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec;
import io.envoyproxy.envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.http.injected_credentials.generic.v3.Generic;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The golden cases: a folder with {@code policies.yaml} and what becomes of it. */
public final class GoldenCases {
    public static final Path ROOT = Path.of("src/test/resources/golden");

    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer()
                    .preservingProtoFieldNames()
                    .usingTypeRegistry(
                            TypeRegistry.newBuilder()
                                    .add(HttpConnectionManager.getDescriptor())
                                    .add(Router.getDescriptor())
                                    .add(PreviousHostsPredicate.getDescriptor())
                                    .add(FileAccessLog.getDescriptor())
                                    .add(StdoutAccessLog.getDescriptor())
                                    .add(StderrAccessLog.getDescriptor())
                                    .add(Cors.getDescriptor())
                                    .add(CorsPolicy.getDescriptor())
                                    .add(HTTPFault.getDescriptor())
                                    .add(LocalRateLimit.getDescriptor())
                                    .add(HttpProtocolOptions.getDescriptor())
                                    .add(UpstreamCodec.getDescriptor())
                                    .add(CredentialInjector.getDescriptor())
                                    .add(Generic.getDescriptor())
                                    .add(UpstreamTlsContext.getDescriptor())
                                    .add(ConnectionLimit.getDescriptor())
                                    .add(ClusterConfig.getDescriptor())
                                    .add(FilterConfig.getDescriptor())
                                    .build());

    private GoldenCases() {}

    public static List<Path> all() {
        try (var folders = Files.list(ROOT)) {
            return folders.filter(Files::isDirectory).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String policies(Path folder) throws IOException {
        return Files.readString(folder.resolve("policies.yaml"));
    }

    public static String json(Message message) {
        try {
            return PRINTER.print(message);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }
}
