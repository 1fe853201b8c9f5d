// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes the variable parts out of a stat's name, as Envoy's default tags do (PR3): what remains is
 * the family, the parts become labels in the order of this list. Every pattern looks at the whole
 * original name; group 1 is what goes, group 2 the value.
 *
 * <p>A name part ends at a dot: of the cluster {@code b.local} only {@code b} becomes the label, as
 * in Envoy.
 */
final class TagExtractor {
    private static final List<Tag> TAGS =
            List.of(
                    tag("response_code", "_rq(_(\\d{3}))$"),
                    tag("response_code_class", "_rq_((\\d))xx$"),
                    tag("virtual_cluster", "^vhost\\.[^.]+\\.vcluster\\.(([^.]+)\\.)"),
                    tag("fault_downstream_cluster", "^http\\.[^.]+\\.fault\\.(([^.]+)\\.)"),
                    tag("ssl_cipher", "^listener\\..*?\\.ssl\\.ciphers(\\.([^.]+))$"),
                    tag("ssl_cipher_suite", "^cluster\\.[^.]+\\.ssl\\.ciphers(\\.([^.]+))$"),
                    tag("worker_id", "^(?:listener\\..*?|server|listener_manager)\\.worker_((\\d+)\\.)"),
                    tag("rds_route_config", "^http\\..*?\\.rds\\.((.*?)\\.)\\w+$"),
                    tag("tcp_prefix", "^tcp\\.(([^.]+)\\.)"),
                    tag("udp_prefix", "^udp\\.(([^.]+)\\.)"),
                    tag("ratelimit_prefix", "^ratelimit\\.(([^.]+)\\.)"),
                    tag("local_http_ratelimit_prefix", "^(([^.]+)\\.)http_local_rate_limit\\."),
                    tag("cluster_name", "^cluster\\.(([^.]+)\\.)"),
                    tag("http_conn_manager_prefix", "^listener\\..*?\\.http\\.((.*?)\\.)"),
                    tag("http_conn_manager_prefix", "^http\\.(([^.]+)\\.)"),
                    tag(
                            "listener_address",
                            "^listener\\.(((?:[_.\\d]*|[_\\[\\]a-fA-F\\d]*))\\.)"),
                    tag("route", "^vhost\\.[^.]+\\.route\\.(([^.]+)\\.)"),
                    tag("virtual_host", "^vhost\\.(([^.]+)\\.)"));

    private TagExtractor() {}

    static Extracted extract(String name) {
        var labels = new ArrayList<Label>();
        var removed = new BitSet(name.length());
        for (Tag tag : TAGS) {
            Matcher matcher = tag.pattern.matcher(name);
            if (!matcher.find() || labels.stream().anyMatch(l -> l.name().equals(tag.name))) {
                continue;
            }
            labels.add(new Label(tag.name, matcher.group(2)));
            removed.set(matcher.start(1), matcher.end(1));
        }
        var family = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            if (!removed.get(i)) {
                family.append(name.charAt(i));
            }
        }
        return new Extracted(family.toString(), labels);
    }

    private static Tag tag(String name, String pattern) {
        return new Tag(name, Pattern.compile(pattern));
    }

    private record Tag(String name, Pattern pattern) {}

    /** Without the {@code envoy_} prefix. */
    record Label(String name, String value) {}

    /**
     * @param family the name without its variable parts
     */
    record Extracted(String family, List<Label> labels) {
        Extracted {
            labels = List.copyOf(labels);
        }
    }
}
