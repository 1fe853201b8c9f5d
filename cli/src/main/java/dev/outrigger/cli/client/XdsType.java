// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.client;

import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.policy.document.NearestName;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The xDS resource types as they are typed, and as they are called on the wire. */
public enum XdsType {
    LISTENERS("listeners", "lds", "envoy.config.listener.v3.Listener"),
    ROUTES("routes", "rds", "envoy.config.route.v3.RouteConfiguration"),
    CLUSTERS("clusters", "cds", "envoy.config.cluster.v3.Cluster"),
    ENDPOINTS("endpoints", "eds", "envoy.config.endpoint.v3.ClusterLoadAssignment"),
    SECRETS("secrets", "sds", "envoy.extensions.transport_sockets.tls.v3.Secret"),
    RUNTIMES("runtimes", "rtds", "envoy.service.runtime.v3.Runtime"),
    EXTENSIONS("extensions", "ecds", "envoy.config.core.v3.TypedExtensionConfig"),
    SCOPED_ROUTES("scopedroutes", "srds", "envoy.config.route.v3.ScopedRouteConfiguration"),
    VIRTUAL_HOSTS("virtualhosts", "vhds", "envoy.config.route.v3.VirtualHost");

    private final String word;
    private final String shortWord;
    private final String message;

    XdsType(String word, String shortWord, String message) {
        this.word = word;
        this.shortWord = shortWord;
        this.message = message;
    }

    public String word() {
        return word;
    }

    public String typeUrl() {
        return "type.googleapis.com/" + message;
    }

    /** Of the first types in the order in which one reads a configuration. */
    public static Optional<XdsType> ofUrl(String typeUrl) {
        return Arrays.stream(values()).filter(type -> type.typeUrl().equals(typeUrl)).findFirst();
    }

    /** Reads a word in any case, singular or plural, or the short one, as {@code cds}. */
    public static XdsType parse(String typed) {
        var wanted = typed.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(type ->
                        List.of(type.word, type.shortWord).contains(wanted)
                                || type.word.equals(wanted + "s"))
                .findFirst()
                .orElseThrow(() -> {
                    var words = Arrays.stream(values()).map(XdsType::word).toList();
                    return CliFailure.of(
                                    ExitCode.USAGE,
                                    "unknown type '"
                                            + typed
                                            + "'."
                                            + NearestName.hint(wanted, words))
                            .withDetails(List.of("known: " + String.join(", ", words)));
                });
    }
}
