// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import dev.outrigger.dataplane.config.RouteMatchConfig.HeaderMatcherConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a matched route does. */
public sealed interface RouteActionConfig {
    /**
     * Forwards to a cluster.
     *
     * @param clusterNotFoundStatus 503, 404 or 500
     * @param metadataMatch what the host's {@code envoy.lb} metadata must say
     * @param mirrors empty: the virtual host's, then the route table's apply
     * @param upgrades lower-case type to whether it is on; absent types follow the connection
     *     manager
     * @param connect how a CONNECT ends here; empty where it is forwarded
     */
    record Forward(
            ClusterSpecifier cluster,
            int clusterNotFoundStatus,
            Optional<MetadataCriteria> metadataMatch,
            PathRewrite pathRewrite,
            HostRewrite hostRewrite,
            boolean appendXForwardedHost,
            Timeouts timeouts,
            Optional<RetryPolicyConfig> retryPolicy,
            Optional<HedgePolicyConfig> hedgePolicy,
            List<MirrorPolicyConfig> mirrors,
            List<HashPolicyConfig> hashPolicies,
            Optional<InternalRedirectConfig> internalRedirect,
            Map<String, Boolean> upgrades,
            Optional<ConnectConfig> connect,
            boolean highPriority)
            implements RouteActionConfig {
        public Forward {
            mirrors = List.copyOf(mirrors);
            hashPolicies = List.copyOf(hashPolicies);
            upgrades = Map.copyOf(upgrades);
        }

        /** Forwards with Envoy's defaults. */
        public static Forward to(ClusterSpecifier cluster) {
            return new Forward(
                    cluster,
                    503,
                    Optional.empty(),
                    new PathRewrite.None(),
                    new HostRewrite.None(),
                    false,
                    Timeouts.DEFAULT,
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    List.of(),
                    Optional.empty(),
                    Map.of(),
                    Optional.empty(),
                    false);
        }

        public Forward withTimeouts(Timeouts value) {
            return new Forward(
                    cluster,
                    clusterNotFoundStatus,
                    metadataMatch,
                    pathRewrite,
                    hostRewrite,
                    appendXForwardedHost,
                    value,
                    retryPolicy,
                    hedgePolicy,
                    mirrors,
                    hashPolicies,
                    internalRedirect,
                    upgrades,
                    connect,
                    highPriority);
        }

        public Forward withRetryPolicy(RetryPolicyConfig value) {
            return new Forward(
                    cluster,
                    clusterNotFoundStatus,
                    metadataMatch,
                    pathRewrite,
                    hostRewrite,
                    appendXForwardedHost,
                    timeouts,
                    Optional.of(value),
                    hedgePolicy,
                    mirrors,
                    hashPolicies,
                    internalRedirect,
                    upgrades,
                    connect,
                    highPriority);
        }

        public Forward withRewrites(PathRewrite path, HostRewrite host) {
            return new Forward(
                    cluster,
                    clusterNotFoundStatus,
                    metadataMatch,
                    path,
                    host,
                    appendXForwardedHost,
                    timeouts,
                    retryPolicy,
                    hedgePolicy,
                    mirrors,
                    hashPolicies,
                    internalRedirect,
                    upgrades,
                    connect,
                    highPriority);
        }
    }

    /**
     * How long a forwarded request may take (3.6). Zero means no limit.
     *
     * @param timeout the route timeout; Envoy's default is 15 s
     * @param idleTimeout overrides the stream idle timeout
     * @param maxStreamDuration present, even empty: the route timeout is off
     * @param maxGrpcTimeout present: {@code grpc-timeout} is the route timeout, up to this
     * @param grpcTimeoutOffset taken off {@code grpc-timeout}
     */
    record Timeouts(
            Duration timeout,
            Optional<Duration> idleTimeout,
            Optional<MaxStreamDuration> maxStreamDuration,
            Optional<Duration> maxGrpcTimeout,
            Optional<Duration> grpcTimeoutOffset) {
        public static final Timeouts DEFAULT =
                new Timeouts(
                        Duration.ofSeconds(15),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty());
    }

    /** {@code RouteAction.MaxStreamDuration}. Zero means no limit. */
    record MaxStreamDuration(
            Optional<Duration> maxStreamDuration,
            Optional<Duration> grpcTimeoutHeaderMax,
            Optional<Duration> grpcTimeoutHeaderOffset) {}

    /** Answers with a redirect (J1..J4). Empty strings and zero mean "not set". */
    record Redirect(
            int status,
            String schemeRedirect,
            boolean httpsRedirect,
            String hostRedirect,
            int portRedirect,
            String pathRedirect,
            PathRewrite pathRewrite,
            boolean stripQuery)
            implements RouteActionConfig {}

    /**
     * Answers by itself.
     *
     * @param body one character for each byte
     */
    record DirectResponse(int status, String body) implements RouteActionConfig {}

    /** Which cluster a request goes to. */
    sealed interface ClusterSpecifier {
        record Single(String name) implements ClusterSpecifier {}

        record Header(String header) implements ClusterSpecifier {}

        /** An optional cluster specifier plugin that is not there: as if no route matched. */
        record Nowhere() implements ClusterSpecifier {}

        /**
         * @param headerName a request header with the number to choose by; empty for none
         * @param runtimeKeyPrefix of the runtime keys that override the weights; empty for none
         */
        record Weighted(
                List<WeightedCluster> clusters,
                long totalWeight,
                String headerName,
                String runtimeKeyPrefix)
                implements ClusterSpecifier {
            public Weighted {
                clusters = List.copyOf(clusters);
            }
        }
    }

    /**
     * One weighted choice.
     *
     * @param name empty when {@code clusterHeader} names the cluster
     */
    record WeightedCluster(
            String name,
            String clusterHeader,
            long weight,
            Optional<MetadataCriteria> metadataMatch,
            HeaderEdits requestHeaders,
            HeaderEdits responseHeaders,
            String hostRewriteLiteral,
            Map<String, PerFilterConfig> perFilterConfigs) {
        public WeightedCluster {
            perFilterConfigs = Map.copyOf(perFilterConfigs);
        }
    }

    /** A substitution of what RE2 matches; {@code \1} stands for a group. */
    record RegexRewriteConfig(String pattern, String substitution) {}

    /** What becomes of the path (B1..B5). */
    sealed interface PathRewrite {
        record None() implements PathRewrite {}

        /** Replaces what the route's path condition matched. */
        record Prefix(String prefix) implements PathRewrite {}

        record Regex(RegexRewriteConfig regex) implements PathRewrite {}

        /** A template with the variables of the route's {@code path_match_policy}. */
        record UriTemplate(String template, List<TemplateSegment> segments) implements PathRewrite {
            public UriTemplate {
                segments = List.copyOf(segments);
            }
        }
    }

    /** A piece of a rewriting template. */
    sealed interface TemplateSegment {
        record Literal(String text) implements TemplateSegment {}

        record Variable(String name) implements TemplateSegment {}
    }

    /** What becomes of the host (B6..B8). */
    sealed interface HostRewrite {
        record None() implements HostRewrite {}

        record Literal(String host) implements HostRewrite {}

        /** The value of a request header; without it the host stays. */
        record Header(String header) implements HostRewrite {}

        /** The path without query after a substitution. */
        record PathRegex(RegexRewriteConfig regex) implements HostRewrite {}

        /** The host name of the chosen endpoint. */
        record Auto() implements HostRewrite {}
    }

    /** {@code HedgePolicy}: whether a second attempt joins a slow one (MI1). */
    record HedgePolicyConfig(boolean hedgeOnPerTryTimeout) {}

    /**
     * {@code RequestMirrorPolicy} (S1..S3).
     *
     * @param cluster empty when {@code clusterHeader} names it
     */
    record MirrorPolicyConfig(
            String cluster,
            String clusterHeader,
            Optional<RuntimeFractionalPercent> runtimeFraction,
            boolean disableShadowHostSuffixAppend) {}

    /**
     * One part of a hash (HP1, HP2).
     *
     * @param terminal whether the rest is skipped once there is a hash
     */
    record HashPolicyConfig(HashSource source, boolean terminal) {}

    /** What a hash is made of. */
    sealed interface HashSource {
        record Header(String name, Optional<RegexRewriteConfig> rewrite) implements HashSource {}

        /**
         * @param ttl present: a missing cookie is made, and set on the response
         */
        record Cookie(
                String name, Optional<Duration> ttl, String path, List<CookieAttribute> attributes)
                implements HashSource {
            public Cookie {
                attributes = List.copyOf(attributes);
            }
        }

        record SourceIp() implements HashSource {}

        record QueryParameter(String name) implements HashSource {}

        /** State that filters share; nothing here writes any, so it never gives a hash. */
        record FilterState(String key) implements HashSource {}
    }

    /**
     * @param value empty for an attribute that is a name alone
     */
    record CookieAttribute(String name, String value) {}

    /** {@code InternalRedirectPolicy} (IR1..IR3). */
    record InternalRedirectConfig(
            int maxInternalRedirects,
            List<Integer> responseCodes,
            List<RedirectPredicate> predicates,
            boolean allowCrossSchemeRedirect,
            List<String> responseHeadersToCopy) {
        public InternalRedirectConfig {
            responseCodes = List.copyOf(responseCodes);
            predicates = List.copyOf(predicates);
            responseHeadersToCopy = List.copyOf(responseHeadersToCopy);
        }
    }

    /** Which routes an internal redirect may lead to. */
    sealed interface RedirectPredicate {
        record AllowListedRoutes(List<String> routeNames) implements RedirectPredicate {
            public AllowListedRoutes {
                routeNames = List.copyOf(routeNames);
            }
        }

        /** No route twice. */
        record PreviousRoutes() implements RedirectPredicate {}

        /** Not from https to http. */
        record SafeCrossScheme() implements RedirectPredicate {}
    }

    /** {@code VirtualCluster} (MI4). */
    record VirtualClusterConfig(String name, List<HeaderMatcherConfig> headers) {
        public VirtualClusterConfig {
            headers = List.copyOf(headers);
        }
    }
}
