// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Random documents that are accepted: services, routes and policies with every kind of block, each
 * field now and then. All follows from the seed. Used by one thread.
 *
 * <p>Names are the same for every seed, so that one set of documents replaces another.
 */
public final class PolicyDocuments {
    private static final String ACCESS_LOG =
            "[{file: /dev/null},"
                    + " {file: /dev/null, text: \"%REQ(:PATH)% 100%%\", minStatus: 500},"
                    + " {file: /dev/null, json: {a: \"%DURATION%\"}, minDuration: 1s}]";

    private final Choices choices;
    private final int services;

    /** Whether the rule being written rewrites, so that its backends may not. */
    private boolean hasRewrite;

    private PolicyDocuments(Choices choices, int services) {
        this.choices = choices;
        this.services = services;
    }

    /**
     * One for the mesh, one of raw resources, and for each service four: itself, a route, and a
     * policy for either.
     */
    public static String of(long seed, int services) {
        var documents = new PolicyDocuments(Choices.scattered(seed), services);
        var text = new StringBuilder();
        text.append(documents.mesh());
        text.append(documents.raw());
        for (int i = 0; i < services; i++) {
            text.append(documents.service(i));
            text.append(documents.route(i));
            text.append(documents.policy("s" + i, "kind: Service, name: s" + i, true));
            text.append(
                    documents.policy(
                            "r" + i,
                            "kind: "
                                    + documents.routeKind(i)
                                    + ", name: r"
                                    + i
                                    + documents.section(),
                            false));
        }
        return text.toString();
    }

    /** Every third service has gRPC calls. */
    private static boolean isGrpc(int i) {
        return i % 3 == 0;
    }

    /**
     * The Sidecar of the proxies of one flavor, with one listener, which is the same for every
     * seed: listeners that change are drained, and those of many seeds would be at the same time.
     */
    public static String sidecar(long seed, String flavor, int port) {
        var documents = new PolicyDocuments(Choices.scattered(~seed), 0);
        var outbound =
                new ArrayList<>(
                        List.of(
                                "listeners: [{name: main, address: 127.0.0.1, port: %d,"
                                                .formatted(port)
                                        + " maxConnections: 100}]"));
        documents.maybe(30, outbound, () -> "hosts: [" + documents.hosts() + "]");
        documents.maybe(50, outbound, () -> "unknownHosts: passthrough");
        return document(
                "Sidecar",
                flavor,
                object(
                        List.of(
                                "selector: {cluster: a, labels: {flavor: " + flavor + "}}",
                                "locality: {region: %s, zone: z%d}"
                                        .formatted(
                                                documents.choices.pick("eu", "us"),
                                                documents.choices.between(1, 2)),
                                "accessLog: " + ACCESS_LOG,
                                "outbound: " + object(outbound))));
    }

    private String hosts() {
        return choices.pick("\"*.local\"", "s1.local, s2.local, s3.local", "\"*.local\", s7.local");
    }

    private String routeKind(int i) {
        return isGrpc(i) ? "GRPCRoute" : "HTTPRoute";
    }

    private String mesh() {
        return document(
                "TrafficPolicy",
                "mesh",
                object(
                        List.of(
                                "targetRefs: [{kind: Mesh, name: default}]",
                                "guardrails: {maxAttempts: 10}",
                                choices.pick(
                                        "timeouts: {request: 10s}",
                                        "localityFailover: {}",
                                        "retry: {attempts: 2}"))));
    }

    /** Resources by hand, which nothing refers to. */
    private String raw() {
        var cluster =
                some(
                        "\"@type\": type.googleapis.com/envoy.config.cluster.v3.Cluster, name: by-hand",
                        List.of(
                                "connect_timeout: 1.5s",
                                "lb_policy: " + choices.pick("ROUND_ROBIN", "RANDOM", "MAGLEV"),
                                "per_connection_buffer_limit_bytes: 32768",
                                "circuit_breakers: {thresholds: [{max_requests: 7}]}",
                                "load_assignment: {cluster_name: by-hand, endpoints: [{lb_endpoints:"
                                        + " [{endpoint: {address: {socket_address: {address:"
                                        + " 127.0.0.1, port_value: 9}}}}]}]}"));
        return document(
                "XdsResources",
                "by-hand",
                "{selector: {cluster: a}, resources: [" + cluster + "]}");
    }

    private String section() {
        return choices.in100(50) ? ", sectionName: first" : "";
    }

    private static String document(String kind, String name, String spec) {
        return """
        ---
        apiVersion: outrigger.dev/v1alpha1
        kind: %s
        metadata: {name: %s}
        spec: %s
        """
                .formatted(kind, name, spec);
    }

    private String service(int i) {
        var endpoints =
                switch (choices.weighted(8, 1, 1)) {
                    case 0 -> "{static: [" + addresses() + "]}";
                    case 1 -> "{static: []}";
                    default -> "{dns: {host: localhost, port: 9}}";
                };
        return document(
                "Service",
                "s" + i,
                "{hostnames: [s%d.local], ports: [{name: http, port: 80%s}], endpoints: %s}"
                        .formatted(
                                i,
                                isGrpc(i) ? ", protocol: " + choices.pick("GRPC", "HTTP2") : "",
                                endpoints));
    }

    private String addresses() {
        var all = new ArrayList<String>();
        boolean prioritized = choices.in100(30);
        for (int a = 1; a <= choices.between(1, 4); a++) {
            all.add(
                    "{address: 127.0.1.%d, port: 9%s%s%s}"
                            .formatted(
                                    a,
                                    choices.in100(30) ? ", weight: " + choices.between(1, 9) : "",
                                    choices.in100(40)
                                            ? ", locality: {region: %s, zone: z%d}"
                                                    .formatted(
                                                            choices.pick("eu", "us", "asia"),
                                                            choices.between(1, 2))
                                            : "",
                                    prioritized ? ", priority: " + (a - 1) : ""));
        }
        return String.join(", ", all);
    }

    private String route(int i) {
        if (isGrpc(i)) {
            return grpcRoute(i);
        }
        var rules = new ArrayList<String>();
        for (int r = 0; r < choices.between(1, 3); r++) {
            rules.add(rule(r == 0 ? "first" : "rule-" + r + "x"));
        }
        return document(
                "HTTPRoute",
                "r" + i,
                "{parentRefs: [{name: s%d}], rules: [%s]}".formatted(i, String.join(", ", rules)));
    }

    private String grpcRoute(int i) {
        var matches = new ArrayList<String>();
        for (int m = 0; m < choices.between(0, 3); m++) {
            matches.add(
                    choices.pick(
                            "{method: {service: shop.Cart}}",
                            "{method: {service: shop.Cart, method: Pay}}",
                            "{method: {method: Get}, headers: [{name: x-a, value: \"1\"}]}",
                            "{method: {type: RegularExpression, service: \"shop\\\\..*\"}}"));
        }
        var fields =
                new ArrayList<>(
                        List.of(
                                "name: first",
                                "matches: [" + String.join(", ", matches) + "]",
                                "backendRefs: [{name: s%d}, {name: s%d, weight: %d}]"
                                        .formatted(
                                                i,
                                                choices.between(0, (services - 1) / 3) * 3,
                                                choices.between(0, 9))));
        maybe(30, fields, () -> "filters: [" + edits("Request") + "]");
        maybe(30, fields, () -> "retry: {on: [unavailable, cancelled]}");
        maybe(30, fields, () -> "timeouts: " + timeouts());
        return document(
                "GRPCRoute",
                "r" + i,
                "{parentRefs: [{name: s%d}], rules: [%s]}".formatted(i, object(fields)));
    }

    private String rule(String name) {
        boolean prefixes = choices.in100(50);
        var matches = new ArrayList<String>();
        for (int m = 0; m < choices.between(0, 2); m++) {
            matches.add(match(prefixes));
        }
        var fields = new ArrayList<String>();
        fields.add("name: " + name);
        fields.add("matches: [" + String.join(", ", matches) + "]");
        boolean answers = choices.in100(20);
        var filters = answers ? answer() : filters(prefixes);
        fields.add("filters: [" + String.join(", ", filters) + "]");
        hasRewrite = filters.stream().anyMatch(filter -> filter.contains("URLRewrite"));
        if (!answers) {
            fields.add("backendRefs: [" + backends() + "]");
            maybe(20, fields, () -> "retry: " + retry());
            maybe(20, fields, () -> "timeouts: " + timeouts());
        }
        return object(fields);
    }

    private String match(boolean prefix) {
        var path =
                prefix
                        ? "{value: %s}".formatted(choices.pick("/", "/a", "/a.b/", "/c/d"))
                        : choices.pick(
                                "{type: Exact, value: /x}",
                                "{type: RegularExpression, value: \"/y/[0-9]+\"}",
                                "{value: /z}");
        var fields = new ArrayList<>(List.of("path: " + path));
        maybe(30, fields, () -> "method: " + choices.pick("GET", "POST", "PUT"));
        maybe(
                20,
                fields,
                () ->
                        choices.pick(
                                "headers: [{name: x-a, value: \"1\"}]",
                                "headers: [{type: RegularExpression, name: x-b, value: \"v.*\"}]"));
        maybe(20, fields, () -> "queryParams: [{name: q, value: \"1\"}]");
        return object(fields);
    }

    private String backends() {
        var all = new ArrayList<String>();
        all.add("{name: " + anyService() + ", weight: " + choices.between(1, 10) + "}");
        for (int b = 0; b < choices.between(0, 2); b++) {
            all.add(
                    "{name: %s, weight: %d%s}"
                            .formatted(
                                    anyService(),
                                    choices.between(0, 10),
                                    choices.in100(30)
                                            ? ", filters: [" + edits("Request") + rewrite() + "]"
                                            : ""));
        }
        return String.join(", ", all);
    }

    private String rewrite() {
        return hasRewrite
                ? ""
                : choices.pick("", ", {type: URLRewrite, urlRewrite: {hostname: own.test}}");
    }

    private String anyService() {
        return "s" + choices.between(0, services - 1);
    }

    private List<String> answer() {
        return List.of(
                choices.pick(
                        "{type: DirectResponse, directResponse: {status: 503, body: \"no %\"}}",
                        "{type: RequestRedirect, requestRedirect: {scheme: https, statusCode: 308}}",
                        "{type: RequestRedirect, requestRedirect: {hostname: x.test, port: 8443, path:"
                                + " {type: ReplaceFullPath, replaceFullPath: /all}}}"),
                edits("Response"));
    }

    private List<String> filters(boolean prefixes) {
        var filters = new ArrayList<String>();
        maybe(40, filters, () -> edits("Request"));
        maybe(40, filters, () -> edits("Response"));
        maybe(
                30,
                filters,
                () ->
                        "{type: RequestMirror, requestMirror: {backendRef: {name: %s}, percent: %s}}"
                                .formatted(anyService(), percent()));
        maybe(
                30,
                filters,
                () ->
                        "{type: URLRewrite, urlRewrite: {hostname: up.test, path: %s}}"
                                .formatted(
                                        prefixes
                                                ? "{type: ReplacePrefixMatch, replacePrefixMatch: "
                                                        + choices.pick("/", "/n", "/n.m/")
                                                        + "}"
                                                : "{type: ReplaceFullPath, replaceFullPath: /full}"));
        return filters;
    }

    private String edits(String side) {
        var field = side.equals("Request") ? "requestHeaderModifier" : "responseHeaderModifier";
        return "{type: %sHeaderModifier, %s: {set: [{name: x-s, value: \"%s\"}], add: [{name: x-t, value: \"\"}], remove: [x-r]}}"
                .formatted(side, field, choices.pick("100%", "%REQ(x)%", "plain"));
    }

    private String policy(String name, String target, boolean ofService) {
        var blocks = new ArrayList<String>();
        block(blocks, "retry", this::retry);
        block(blocks, "timeouts", this::timeouts);
        block(blocks, "sessionAffinity", this::affinity);
        block(blocks, "fault", this::fault);
        block(blocks, "rateLimit", this::rateLimit);
        block(blocks, "cors", this::cors);
        if (ofService) {
            block(blocks, "retryConstraint", this::retryConstraint);
            block(blocks, "circuitBreaker", this::circuitBreaker);
            block(blocks, "outlierDetection", this::outlierDetection);
            block(blocks, "healthCheck", () -> healthCheck(target));
            block(blocks, "loadBalancer", this::loadBalancer);
            block(blocks, "localityFailover", this::localityFailover);
            block(blocks, "tls", this::tls);
            // Few: each is a secret more, and a plan lists no more than 500 resources.
            maybe(10, blocks, () -> "credential: " + credential());
        }
        if (blocks.isEmpty()) {
            blocks.add("retry: {}");
        }
        maybe(30, blocks, () -> "consumers: [{kind: Service, name: a}]");
        blocks.addFirst("targetRefs: [{" + target + "}]");
        return document("TrafficPolicy", name, object(blocks));
    }

    private void block(
            List<String> blocks, String name, java.util.function.Supplier<String> value) {
        maybe(35, blocks, () -> name + ": " + value.get());
    }

    private void maybe(int share, List<String> to, java.util.function.Supplier<String> value) {
        if (choices.in100(share)) {
            to.add(value.get());
        }
    }

    private static String object(List<String> fields) {
        return "{" + String.join(", ", fields) + "}";
    }

    /** An object of some of these fields, and of the first one always. */
    private String some(String first, List<String> others) {
        var fields = new ArrayList<>(List.of(first));
        fields.addAll(choices.some(choices.between(0, others.size()), others));
        return object(fields);
    }

    private String percent() {
        return choices.pick("0", "100", "12.5", "0.0001", "99.9999");
    }

    private String retry() {
        return some(
                "attempts: " + choices.between(0, 10),
                List.of(
                        "codes: [" + choices.pick("503", "\"5xx\"", "404, \"5xx\"") + "]",
                        "on: ["
                                + choices.pick("reset", "connect-failure, unavailable", "5xx")
                                + "]",
                        "methods: [" + choices.pick("GET", "\"*\"", "GET, POST") + "]",
                        "backoff: 10ms",
                        "backoffMax: 5s",
                        "respectRetryAfter: true",
                        "differentHost: false"));
    }

    private String timeouts() {
        return some(
                "request: " + choices.pick("0s", "1s", "3s"),
                List.of("backendRequest: 900ms", "idle: " + choices.pick("0s", "1h")));
    }

    private String affinity() {
        return "{sources: [%s]}"
                .formatted(
                        choices.pick(
                                "{header: x-user, terminal: true}, {sourceIp: true}",
                                "{cookie: {name: c, path: /, ttl: 1h}}",
                                "{cookie: {name: c, ttl: 0s}}, {queryParameter: q}"));
    }

    private String fault() {
        Function<String, String> share = text -> "{" + text + ", percent: " + percent() + "}";
        return some(
                "delay: " + share.apply("duration: 10ms"),
                List.of(
                        "abort: " + share.apply(choices.pick("status: 503", "grpcStatus: 14")),
                        "responseRate: " + share.apply("kibPerSecond: 64"),
                        "maxActive: " + choices.between(0, 5)));
    }

    private String rateLimit() {
        return some(
                "requests: " + choices.pick("1", "1000000000", "7"),
                List.of(
                        "interval: " + choices.pick("50ms", "1s", "1h", "1350ms"),
                        "burst: " + choices.pick("1", "1000000000")));
    }

    private String cors() {
        return some(
                "allowOrigins: ["
                        + choices.pick(
                                "\"*\"",
                                "https://a.test",
                                "\"https://*.a.test:8443\", http://b.test")
                        + "]",
                List.of(
                        "allowMethods: [" + choices.pick("GET, PUT", "\"*\"") + "]",
                        "allowHeaders: [x-a, x-b]",
                        "exposeHeaders: [x-c]",
                        "maxAge: " + choices.pick("0s", "10m")));
    }

    private String retryConstraint() {
        return choices.pick(
                "{budget: {percent: " + percent() + ", minConcurrency: 0}}",
                "{budget: {}}",
                "{maxConcurrency: 4294967295}");
    }

    private String circuitBreaker() {
        return some(
                "maxRequests: " + choices.pick("0", "1", "4294967295"),
                List.of("maxConnections: 1", "maxPendingRequests: 0", "maxConnectionsPerHost: 1"));
    }

    private String outlierDetection() {
        return some(
                choices.pick("consecutive5xx: 1", "consecutiveGatewayErrors: 3", "successRate: {}"),
                List.of(
                        "consecutiveLocalFailures: 2",
                        "failurePercentage: {threshold: 60, minimumHosts: 2, requestVolume: 10}",
                        "interval: 1s",
                        "baseEjectionTime: " + choices.pick("1s", "10m"),
                        "maxEjectionPercent: " + choices.pick("0", "50", "100")));
    }

    private String healthCheck(String target) {
        int service = Integer.parseInt(target.replaceAll(".*name: s", ""));
        if (isGrpc(service) && choices.in100(50)) {
            return some(choices.pick("grpc: {}", "grpc: {service: shop}"), List.of("interval: 1h"));
        }
        return some(
                choices.pick(
                        "tcp: {}",
                        "tcp: {send: PING, receive: [PO, NG]}",
                        "http: {path: \"/healthz?a=1\", method: HEAD, expectedStatuses: [200, \"3xx\"]}"),
                List.of(
                        "interval: 1h",
                        "timeout: 100ms",
                        "unhealthyInterval: 1h",
                        "noTrafficInterval: 2h",
                        "unhealthyThreshold: 1",
                        "healthyThreshold: 5",
                        "reuseConnection: false"));
    }

    private String localityFailover() {
        return some(
                "zones: " + choices.pick("prefer", "ignore"),
                List.of("regions: [us, eu]", "elsewhere: " + choices.pick("last", "never")));
    }

    private String tls() {
        return some(
                "validation: {hostname: up.test, wellKnownCACertificates: System"
                        + choices.pick(
                                "}", ", subjectAltNames: [{type: URI, uri: spiffe://mesh/b}]}"),
                List.of("minVersion: TLSv1.2", "maxVersion: TLSv1.3", "alpn: [h2, http/1.1]"));
    }

    /** A file that every machine has. */
    private String credential() {
        return some(
                "file: /etc/hostname",
                List.of("header: x-key", "prefix: \"Bearer \"", "overwrite: false"));
    }

    private String loadBalancer() {
        return some(
                choices.pick(
                        "roundRobin: {slowStart: {window: 30s}}",
                        "leastRequest: {choiceCount: 3, slowStart: {window: 1m, minWeightPercent: 5}}",
                        "random: {}",
                        "ringHash: {minimumSize: 16, maximumSize: 64, hash: Murmur2}",
                        "ringHash: {minimumSize: 16, balancePercent: 125}",
                        "maglev: {tableSize: 251, balancePercent: 100}"),
                List.of("localityWeighted: true", "panicThreshold: " + percent()));
    }
}
