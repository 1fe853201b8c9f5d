// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.ConfigSourceConfig;
import dev.outrigger.dataplane.config.GrpcServiceConfig;
import dev.outrigger.dataplane.config.GrpcXdsConfig;
import dev.outrigger.dataplane.config.GrpcXdsConfig.Header;
import dev.outrigger.dataplane.config.GrpcXdsConfig.RateLimit;
import dev.outrigger.dataplane.config.GrpcXdsConfig.Variant;
import dev.outrigger.dataplane.config.RestXdsConfig;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiConfigSource;
import io.envoyproxy.envoy.config.core.v3.BackoffStrategy;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.PathConfigSource;
import io.envoyproxy.envoy.config.core.v3.RateLimitSettings;
import io.envoyproxy.envoy.config.core.v3.RetryPolicy;
import io.envoyproxy.envoy.config.core.v3.WatchedDirectory;
import java.io.File;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** {@code ConfigSource} and {@code ApiConfigSource}. */
@SuppressWarnings("deprecation") // stock bootstraps still have ConfigSource.path
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
                    .nested("retry_policy", () -> RETRY)
                    .noEffect("max_receive_message_length", "responses up to 256 MiB are taken")
                    .noEffect("skip_envoy_headers", "none are added");

    static final SupportedFields GRPC_SERVICE =
            SupportedFields.of(GrpcService.class)
                    .nested("envoy_grpc", () -> ENVOY_GRPC)
                    .nested("google_grpc", () -> GoogleGrpcParser.GOOGLE_GRPC)
                    .nested("initial_metadata", () -> HEADER)
                    .noEffect("timeout", "Envoy does not apply it to a stream");

    private static final SupportedFields RATE_LIMIT =
            SupportedFields.of(RateLimitSettings.class).obeyed("max_tokens", "fill_rate");

    static final SupportedFields API =
            SupportedFields.of(ApiConfigSource.class)
                    .onlyEnum("api_type", "REST", "GRPC", "DELTA_GRPC")
                    .onlyEnum("transport_api_version", "V3")
                    .nested("grpc_services", () -> GRPC_SERVICE)
                    .obeyed("cluster_names", "refresh_delay", "request_timeout")
                    .nested("rate_limit_settings", () -> RATE_LIMIT)
                    .obeyed("set_node_on_first_message_only");

    private static final SupportedFields WATCHED =
            SupportedFields.of(WatchedDirectory.class)
                    .noEffect("path", "the file itself is looked at ten times a second");

    private static final SupportedFields PATH =
            SupportedFields.of(PathConfigSource.class)
                    .obeyed("path")
                    .nested("watched_directory", () -> WATCHED);

    private static final SupportedFields ADS = SupportedFields.of(AggregatedConfigSource.class);

    static final SupportedFields SOURCE =
            SupportedFields.of(ConfigSource.class)
                    .nested("ads", () -> ADS)
                    .nested("api_config_source", () -> API)
                    .nested("path_config_source", () -> PATH)
                    .obeyed("path", "initial_fetch_timeout")
                    .noEffect("resource_api_version", "every version is taken for V3");

    /** WA5. */
    private static final Duration DEFAULT_INITIAL_FETCH_TIMEOUT = Duration.ofSeconds(15);

    /** XD5. */
    private static final Duration DEFAULT_BACKOFF_BASE = Duration.ofMillis(500);

    /** Where {@code rate_limit_settings} are there but say nothing. */
    private static final int DEFAULT_MAX_TOKENS = 100;

    private static final double DEFAULT_FILL_RATE = 10;

    /** Envoy's least: a token each year. */
    private static final double MIN_FILL_RATE = 1.0 / (365.0 * 24 * 60 * 60);

    private static final Duration DEFAULT_REST_TIMEOUT = Duration.ofSeconds(1);

    private static final Duration DEFAULT_BACKOFF_MAX = Duration.ofSeconds(30);

    private ConfigSourceParser() {}

    static Optional<ConfigSourceConfig> source(
            ConfigSource proto, Asker asker, String path, Findings findings) {
        checkNode(asker.text(), findings);
        Duration wait =
                proto.hasInitialFetchTimeout()
                        ? Values.duration(
                                proto.getInitialFetchTimeout(),
                                FieldPaths.join(path, "initial_fetch_timeout"),
                                findings)
                        : DEFAULT_INITIAL_FETCH_TIMEOUT;
        return switch (proto.getConfigSourceSpecifierCase()) {
            case ADS -> Optional.of(new ConfigSourceConfig.Ads(wait));
            case API_CONFIG_SOURCE -> {
                String at = FieldPaths.join(path, "api_config_source");
                yield proto.getApiConfigSource().getApiType() == ApiConfigSource.ApiType.REST
                        ? rest(proto.getApiConfigSource(), at, findings)
                                .map(api -> new ConfigSourceConfig.Rest(api, wait))
                        : api(proto.getApiConfigSource(), at, findings)
                                .map(api -> new ConfigSourceConfig.Grpc(api, wait));
            }
            case PATH_CONFIG_SOURCE -> {
                var source = proto.getPathConfigSource();
                String at = FieldPaths.join(path, "path_config_source");
                if (checkFile(source.getPath(), FieldPaths.join(at, "path"), findings)
                        && source.hasWatchedDirectory()) {
                    checkDirectory(
                            source.getWatchedDirectory().getPath(),
                            FieldPaths.join(at, "watched_directory.path"),
                            findings);
                }
                yield Optional.of(new ConfigSourceConfig.Path(source.getPath(), wait));
            }
            case CONFIGSOURCESPECIFIER_NOT_SET -> {
                findings.invalid(
                        path,
                        "",
                        "Missing config source specifier in envoy.config.core.v3.ConfigSource");
                yield Optional.empty();
            }
            case PATH -> {
                checkFile(proto.getPath(), FieldPaths.join(path, "path"), findings);
                yield Optional.of(new ConfigSourceConfig.Path(proto.getPath(), wait));
            }
            // Reported before by the table.
            case SELF -> Optional.empty();
        };
    }

    /** As Envoy: whoever asks, a file too, has to have a name. */
    static void checkNode(String asker, Findings findings) {
        if (findings.context().anonymous()) {
            findings.invalid(
                    "",
                    "",
                    asker
                            + ": node 'id' and 'cluster' are required. Set it either in 'node'"
                            + " config or via --service-node and --service-cluster options.");
        }
    }

    /** As Envoy: a file may come to say something later, but it has to be there. */
    private static boolean checkFile(String file, String path, Findings findings) {
        if (new File(file).exists()) {
            return true;
        }
        findings.invalid(
                path,
                file,
                "paths must refer to an existing path in the system: '"
                        + file
                        + "' does not exist");
        return false;
    }

    private static void checkDirectory(String directory, String path, Findings findings) {
        if (!new File(directory).exists()) {
            findings.invalid(
                    path,
                    directory,
                    "unable to add filesystem watch for file "
                            + directory
                            + "/: No such file or directory");
        }
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
        if (proto.getClusterNamesCount() > 0) {
            findings.invalid(
                    FieldPaths.join(path, "cluster_names"),
                    proto.getClusterNamesCount(),
                    "envoy.config.core.v3.ApiConfigSource::(AGGREGATED_)(DELTA_)GRPC must not have"
                            + " a cluster name specified");
        }
        if (proto.getApiType() == ApiConfigSource.ApiType.REST) {
            findings.invalid(
                    FieldPaths.join(path, "api_type"),
                    proto.getApiType(),
                    "envoy.config.core.v3.ApiConfigSource type must be gRPC");
        }
        GrpcService service = proto.getGrpcServices(0);
        String at = FieldPaths.index(services, 0);
        var envoyGrpc = service.getEnvoyGrpc();
        Optional<GrpcServiceConfig> to = service(service, at, findings);
        if (to.isEmpty()) {
            return Optional.empty();
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
                        to.get().clusterName(),
                        to.get().google(),
                        to.get().authority(),
                        to.get().initialMetadata(),
                        Duration.ZERO,
                        proto.getSetNodeOnFirstMessageOnly(),
                        base,
                        max,
                        rateLimit(proto)));
    }

    /** Where a service is. */
    static Optional<GrpcServiceConfig> service(GrpcService proto, String path, Findings findings) {
        if (proto.hasGoogleGrpc()) {
            return GoogleGrpcParser.parse(
                            proto.getGoogleGrpc(), FieldPaths.join(path, "google_grpc"), findings)
                    .map(target ->
                            new GrpcServiceConfig(
                                    target.cluster().name(),
                                    Optional.of(target.cluster()),
                                    target.authority(),
                                    metadata(proto)));
        }
        if (!proto.hasEnvoyGrpc()) {
            return Optional.empty(); // reported before by the table, or by the oneof's constraint
        }
        String name = proto.getEnvoyGrpc().getClusterName();
        if (!findings.context().knownCluster().test(name)) {
            findings.invalid(
                    path + ".envoy_grpc.cluster_name",
                    name,
                    "Unknown gRPC client cluster '" + name + "'");
        }
        String authority = proto.getEnvoyGrpc().getAuthority();
        return Optional.of(
                new GrpcServiceConfig(
                        name,
                        Optional.empty(),
                        authority.isEmpty() ? name : authority,
                        metadata(proto)));
    }

    private static List<Header> metadata(GrpcService proto) {
        return proto.getInitialMetadataList().stream()
                .map(h -> new Header(h.getKey(), h.getValue()))
                .toList();
    }

    private static Optional<RateLimit> rateLimit(ApiConfigSource proto) {
        if (!proto.hasRateLimitSettings()) {
            return Optional.empty();
        }
        var settings = proto.getRateLimitSettings();
        return Optional.of(
                new RateLimit(
                        settings.hasMaxTokens()
                                ? Values.clamp(settings.getMaxTokens())
                                : DEFAULT_MAX_TOKENS,
                        settings.hasFillRate()
                                ? Math.max(MIN_FILL_RATE, settings.getFillRate().getValue())
                                : DEFAULT_FILL_RATE));
    }

    private static Optional<RestXdsConfig> rest(
            ApiConfigSource proto, String path, Findings findings) {
        if (proto.getGrpcServicesCount() > 0) {
            findings.invalid(
                    FieldPaths.join(path, "grpc_services"),
                    proto.getGrpcServicesCount(),
                    "envoy.config.core.v3.ApiConfigSource::(AGGREGATED_)(DELTA_)REST must not have"
                            + " a gRPC service specified");
            return Optional.empty();
        }
        if (proto.getClusterNamesCount() != 1) {
            findings.invalid(
                    FieldPaths.join(path, "cluster_names"),
                    proto.getClusterNamesCount(),
                    proto.getClusterNamesCount() == 0
                            ? "API configs must have either a gRPC service or a cluster name"
                                    + " defined"
                            : "envoy.config.core.v3.ApiConfigSource must have a singleton cluster"
                                    + " name specified");
            return Optional.empty();
        }
        if (!proto.hasRefreshDelay()) {
            findings.invalid(
                    FieldPaths.join(path, "refresh_delay"),
                    "",
                    "refresh_delay is required for REST API configuration sources");
            return Optional.empty();
        }
        String name = proto.getClusterNames(0);
        if (!findings.context().knownCluster().test(name)) {
            findings.invalid(
                    FieldPaths.join(path, "cluster_names"),
                    name,
                    "envoy.config.core.v3.ApiConfigSource must have a statically defined non-EDS"
                            + " cluster: '"
                            + name
                            + "' does not exist, was added via api, or is an EDS cluster");
        }
        return Optional.of(
                new RestXdsConfig(
                        name,
                        Values.duration(
                                proto.getRefreshDelay(),
                                FieldPaths.join(path, "refresh_delay"),
                                findings),
                        proto.hasRequestTimeout()
                                ? Values.duration(
                                        proto.getRequestTimeout(),
                                        FieldPaths.join(path, "request_timeout"),
                                        findings)
                                : DEFAULT_REST_TIMEOUT));
    }
}
