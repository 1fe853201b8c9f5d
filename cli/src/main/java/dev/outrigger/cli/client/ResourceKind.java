// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.client;

import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.policy.document.NearestName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The stored document kinds: the name in documents, the name in URLs, and short forms. */
public enum ResourceKind {
    SERVICE("Service", "services", "svc"),
    HTTP_ROUTE("HTTPRoute", "httproutes", "route routes"),
    GRPC_ROUTE("GRPCRoute", "grpcroutes", ""),
    TRAFFIC_POLICY("TrafficPolicy", "trafficpolicies", "policy policies tp"),
    SIDECAR("Sidecar", "sidecars", ""),
    XDS_RESOURCES("XdsResources", "xdsresources", "xds");

    private final String kind;
    private final String plural;
    private final String shortForms;

    ResourceKind(String kind, String plural, String shortForms) {
        this.kind = kind;
        this.plural = plural;
        this.shortForms = shortForms;
    }

    /** The name in a document's {@code kind}. */
    public String kind() {
        return kind;
    }

    /** The name in the REST API's paths. */
    public String plural() {
        return plural;
    }

    /** The name in output that can be typed back: {@code service} of {@code service/b}. */
    public String singular() {
        return kind.toLowerCase(Locale.ROOT);
    }

    /** Whether the word, in any case, names this kind. */
    public boolean isCalled(String typed) {
        var word = typed.toLowerCase(Locale.ROOT);
        return word.equals(singular())
                || word.equals(plural)
                || List.of(shortForms.split(" ")).contains(word);
    }

    /** Reads any form in any case; refuses an unknown word with the nearest known one. */
    public static ResourceKind parse(String word) {
        return Arrays.stream(values())
                .filter(kind -> kind.isCalled(word))
                .findFirst()
                .orElseThrow(() -> unknown(word, List.of()));
    }

    /** The refusal of a word that names no kind, where {@code alsoKnown} could be typed as well. */
    public static CliFailure unknown(String word, List<String> alsoKnown) {
        var words = new ArrayList<>(alsoKnown);
        for (var kind : values()) {
            words.add(kind.singular());
            words.add(kind.plural);
        }
        return CliFailure.of(
                        ExitCode.USAGE,
                        "unknown kind '" + word + "'." + NearestName.hint(word, words))
                .withDetails(List.of("known: " + String.join(", ", names(alsoKnown))));
    }

    private static List<String> names(List<String> alsoKnown) {
        var names = new ArrayList<String>();
        Arrays.stream(values()).map(ResourceKind::singular).forEach(names::add);
        names.addAll(alsoKnown);
        return names;
    }
}
