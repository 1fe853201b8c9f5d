// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.ConfigSourceConfig;
import dev.outrigger.dataplane.config.GrpcXdsConfig;
import dev.outrigger.dataplane.config.GrpcXdsConfig.Header;
import dev.outrigger.dataplane.config.GrpcXdsConfig.Variant;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiConfigSource;
import io.envoyproxy.envoy.config.core.v3.BackoffStrategy;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.PathConfigSource;
import io.envoyproxy.envoy.config.core.v3.RetryPolicy;
import java.time.Duration;
import java.util.Optional;

/** {@code ConfigSource} and {@code ApiConfigSource}. */
final class ConfigSourceParser {
    private static final SupportedFields HEADER =
            SupportedFields.of(HeaderValue.class, "initial metadata").obeyed("key", "value");

    private static final SupportedFields BACKOFF =
            SupportedFields.of(BackoffStrategy.class, "xDS stream")
                    .obeyed("base_interval", "max_interval");

    private static final SupportedFields RETRY =
            SupportedFields.of(RetryPolicy.class, "xDS stream")
                    .nested("retry_back_off", () -> BACKOFF)
                    .noEffect("num_retries", "an xDS stream is retried for ever, as in Envoy");

    private static final SupportedFields ENVOY_GRPC =
            SupportedFields.of(GrpcService.EnvoyGrpc.class)
                    .obeyed("cluster_name", "authority")
                    .nested("retry_policy", () -> RETRY);

    private static final SupportedFields GRPC_SERVICE =
            SupportedFields.of(GrpcService.class)
                    .nested("envoy_grpc", () -> ENVOY_GRPC)
                    .nested("initial_metadata", () -> HEADER)
                    .noEffect("timeout", "Envoy does not apply it to an xDS stream");

    static final SupportedFields API =
            SupportedFields.of(ApiConfigSource.class)
                    .onlyEnum("api_type", "GRPC", "DELTA_GRPC")
                    .onlyEnum("transport_api_version", "V3")
                    .nested("grpc_services", () -> GRPC_SERVICE)
                    .obeyed("set_node_on_first_message_only")
                    .noEffect("request_timeout", "REST only");

    private static final SupportedFields PATH =
            SupportedFields.of(PathConfigSource.class).obeyed("path");

    private static final SupportedFields ADS = SupportedFields.of(AggregatedConfigSource.class);

    static final SupportedFields SOURCE =
            SupportedFields.of(ConfigSource.class, "lds_config, cds_config")
                    .nested("ads", () -> ADS)
                    .nested("api_config_source", () -> API)
                    .nested("path_config_source", () -> PATH)
                    .obeyed("initial_fetch_timeout")
                    .onlyEnum("resource_api_version", "AUTO", "V3");

    static final SupportedFields ADS_SOURCE =
            SupportedFields.of(ConfigSource.class, "RDS and EDS")
                    .nested("ads", () -> ADS)
                    .nested("path_config_source", () -> PATH)
                    .obeyed("initial_fetch_timeout")
                    .onlyEnum("resource_api_version", "AUTO", "V3");

    /** WA5. */
    private static final Duration DEFAULT_INITIAL_FETCH_TIMEOUT = Duration.ofSeconds(15);

    /** XD5. */
    private static final Duration DEFAULT_BACKOFF_BASE = Duration.ofMillis(500);

    private static final Duration DEFAULT_BACKOFF_MAX = Duration.ofSeconds(30);

    private ConfigSourceParser() {}

    static Optional<ConfigSourceConfig> source(ConfigSource proto, String path, Findings findings) {
        Duration wait =
                proto.hasInitialFetchTimeout()
                        ? Values.duration(
                                proto.getInitialFetchTimeout(),
                                FieldPaths.join(path, "initial_fetch_timeout"),
                                findings)
                        : DEFAULT_INITIAL_FETCH_TIMEOUT;
        return switch (proto.getConfigSourceSpecifierCase()) {
            case ADS -> Optional.of(new ConfigSourceConfig.Ads(wait));
            case API_CONFIG_SOURCE ->
                    api(
                                    proto.getApiConfigSource(),
                                    FieldPaths.join(path, "api_config_source"),
                                    findings)
                            .map(api -> new ConfigSourceConfig.Grpc(api, wait));
            case PATH_CONFIG_SOURCE ->
                    Optional.of(
                            new ConfigSourceConfig.Path(
                                    proto.getPathConfigSource().getPath(), wait));
            case CONFIGSOURCESPECIFIER_NOT_SET -> {
                findings.invalid(
                        path,
                        "",
                        "Missing config source specifier in envoy.config.core.v3.ConfigSource");
                yield Optional.empty();
            }
            // Both were reported before by the table.
            case PATH, SELF -> Optional.empty();
        };
    }

    static Optional<GrpcXdsConfig> api(ApiConfigSource proto, String path, Findings findings) {
        String services = FieldPaths.join(path, "grpc_services");
        if (proto.getGrpcServicesCount() == 0) {
            findings.invalid(
                    services,
                    0,
                    "API configs must have either a gRPC service or a cluster name defined");
            return Optional.empty();
        }
        if (proto.getGrpcServicesCount() > 1) {
            findings.invalid(
                    services,
                    proto.getGrpcServicesCount(),
                    "envoy.config.core.v3.ApiConfigSource::(AGGREGATED_)(DELTA_)GRPC must have no"
                            + " more than 1 gRPC services specified");
            return Optional.empty();
        }
        GrpcService service = proto.getGrpcServices(0);
        String at = FieldPaths.index(services, 0);
        var envoyGrpc = service.getEnvoyGrpc();
        String name = envoyGrpc.getClusterName();
        if (!findings.context().knownCluster().test(name)) {
            findings.invalid(
                    at + ".envoy_grpc.cluster_name",
                    name,
                    "Unknown gRPC client cluster '" + name + "'");
        }
        // The stream's policy is envoy_grpc's; BackoffStrategy demands a base interval.
        BackoffStrategy backoff = envoyGrpc.getRetryPolicy().getRetryBackOff();
        Duration base = DEFAULT_BACKOFF_BASE;
        Duration max = DEFAULT_BACKOFF_MAX;
        if (envoyGrpc.getRetryPolicy().hasRetryBackOff()) {
            String backoffPath = at + ".envoy_grpc.retry_policy.retry_back_off";
            base = Values.duration(backoff.getBaseInterval(), backoffPath, findings);
            max =
                    backoff.hasMaxInterval()
                            ? Values.duration(backoff.getMaxInterval(), backoffPath, findings)
                            : base.multipliedBy(10);
            if (max.compareTo(base) < 0) {
                findings.invalid(
                        backoffPath + ".max_interval",
                        max,
                        "max_interval must be greater than or equal to the base_interval");
            }
        }
        return Optional.of(
                new GrpcXdsConfig(
                        proto.getApiType() == ApiConfigSource.ApiType.DELTA_GRPC
                                ? Variant.DELTA
                                : Variant.SOTW,
                        name,
                        envoyGrpc.getAuthority().isEmpty() ? name : envoyGrpc.getAuthority(),
                        service.getInitialMetadataList().stream()
                                .map(h -> new Header(h.getKey(), h.getValue()))
                                .toList(),
                        Duration.ZERO,
                        proto.getSetNodeOnFirstMessageOnly(),
                        base,
                        max,
                        Optional.empty()));
    }
}
