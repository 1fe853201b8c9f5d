// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Envoy's own tags (PR3), in the order in which it looks for them. */
public final class DefaultTags {
    private static final String ADDRESS =
            "(?:\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|\\[[a-fA-F_\\d]+\\])_\\d+";
    private static final String SSL = "^(?:listener|cluster)\\..*?\\.ssl\\.";

    static final List<TagRule> RULES =
            List.of(
                    regex("response_code", "_rq_", "_rq(_(\\d{3}))$"),
                    regex("response_code_class", "_rq_", "_rq_((\\d))xx$"),
                    regex("ssl_curve", ".ssl.curves.", SSL + "curves(\\.([\\w-]+))$"),
                    regex("ssl_sigalg", ".ssl.sigalgs.", SSL + "sigalgs(\\.([\\w-]+))$"),
                    regex("ssl_version", ".ssl.versions.", SSL + "versions(\\.(TLSv\\d\\.\\d))$"),
                    regex(
                            "worker_id",
                            "worker_",
                            "^(?:listener\\.(?:"
                                    + ADDRESS
                                    + "|[^.]+)\\.|server\\.|listener_manager\\."
                                    + "|thread_local_cluster_manager\\.)"
                                    + "worker_((\\d+)\\.)"),
                    tokens("local_http_ratelimit_prefix", "$.http_local_rate_limit.**"),
                    regex(
                            "ssl_cipher",
                            ".ssl.ciphers.",
                            "^listener\\..*?\\.ssl\\.ciphers(\\.([\\w-]+))$"),
                    regex(
                            "ssl_cipher_suite",
                            ".ssl.ciphers.",
                            "^cluster\\.[^.]+\\.ssl\\.ciphers(\\.([\\w-]+))$"),
                    regex(
                            "http_conn_manager_prefix",
                            ".http.",
                            "^listener\\..*?\\.http\\.(([^.]+)\\.)"),
                    regex(
                            "listener_address",
                            "listener.",
                            "^listener\\.((?!admin\\.)(" + ADDRESS + "|[^.]+)\\.)"),
                    regex("rds_route_config", ".rds.", "^http\\..*?\\.rds\\.((.*?)\\.)\\w+$"),
                    tokens("grpc_bridge_method", "cluster.*.grpc.*.$.**"),
                    tokens("http_user_agent", "http.*.user_agent.$.**"),
                    tokens("virtual_cluster", "vhost.*.vcluster.$.**"),
                    tokens("fault_downstream_cluster", "http.*.fault.$.**"),
                    tokens("grpc_bridge_service", "cluster.*.grpc.$.**"),
                    tokens("tcp_prefix", "tcp.$.**"),
                    tokens("udp_prefix", "udp.$.**"),
                    tokens("clientssl_prefix", "auth.clientssl.$.**"),
                    tokens("ratelimit_prefix", "ratelimit.$.**"),
                    tokens("cluster_name", "cluster.$.**"),
                    tokens("ext_authz_prefix", "cluster.*.ext_authz.$.**"),
                    tokens("ext_authz_prefix", "http.*.ext_authz.$.**"),
                    tokens("http_conn_manager_prefix", "http.$.**"),
                    tokens("virtual_host", "vhost.$.**"),
                    tokens("route", "vhost.*.route.$.**"),
                    tokens("local_network_ratelimit_prefix", "local_rate_limit.$.**"),
                    tokens("local_listener_ratelimit_prefix", "listener_local_ratelimit.$.**"));

    private DefaultTags() {}

    /** Whether Envoy has a tag of this name by itself. */
    public static boolean isTag(String name) {
        return RULES.stream().anyMatch(rule -> rule.name().equals(name));
    }

    private static TagRule regex(String name, String contained, String pattern) {
        return new Regex(
                "envoy." + name, contained, Pattern.compile(pattern), TagRule.first(pattern));
    }

    private static TagRule tokens(String name, String pattern) {
        return new Tokens("envoy." + name, List.of(pattern.split("\\.")));
    }

    /**
     * @param contained what every name with the tag contains: most names have it not, and looking
     *     is cheap
     */
    private record Regex(String name, String contained, Pattern pattern, String firstToken)
            implements TagRule {
        @Override
        public Optional<Part> find(String stat) {
            if (!stat.contains(contained)) {
                return Optional.empty();
            }
            Matcher matcher = pattern.matcher(stat);
            return matcher.find()
                    ? Optional.of(new Part(matcher.group(2), matcher.start(1), matcher.end(1)))
                    : Optional.empty();
        }
    }

    /**
     * @param pattern parts between dots: {@code $} is the value, {@code *} any part, a last {@code
     *     **} one part or more
     */
    private record Tokens(String name, List<String> pattern) implements TagRule {
        @Override
        public String firstToken() {
            return pattern.getFirst().equals("$") ? "" : pattern.getFirst();
        }

        @Override
        public Optional<Part> find(String stat) {
            int at = 0;
            int from = -1;
            int to = -1;
            for (String token : pattern) {
                if (at > stat.length()) {
                    return Optional.empty();
                }
                if (token.equals("**")) {
                    break;
                }
                int dot = stat.indexOf('.', at);
                int end = dot < 0 ? stat.length() : dot;
                if (token.equals("$")) {
                    from = at;
                    to = end;
                } else if (!token.equals("*") && !isPart(stat, at, end, token)) {
                    return Optional.empty();
                }
                at = end + 1;
            }
            // The dot after the value goes with it.
            return from < 0 || to >= stat.length()
                    ? Optional.empty()
                    : Optional.of(new Part(stat.substring(from, to), from, to + 1));
        }

        private static boolean isPart(String stat, int from, int to, String token) {
            return to - from == token.length() && stat.startsWith(token, from);
        }
    }
}
