// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.rest.BootstrapSource.Flavor;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code GET /api/v1/bootstrap}: a bootstrap file for a proxy of a service. */
final class BootstrapService {
    /** Goes into a YAML file and into the node's identity: no quotes, no blanks. */
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,127}");

    private static final Pattern HOST_AND_PORT =
            Pattern.compile("(?:[A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}\\]):[0-9]{1,5}");

    private static final Pattern PATH = Pattern.compile("(?:/|[A-Za-z]:)[\\x20-\\x7E]{1,1023}");

    private final BootstrapSource source;

    BootstrapService(BootstrapSource source) {
        this.source = source;
    }

    List<Operation> operations() {
        return List.of(
                Operation.of("GET", "/api/v1/bootstrap", "getBootstrap")
                        .saying("A bootstrap file for a proxy of a service.")
                        .needing(Role.VIEWER)
                        .taking(
                                Parameters.query(
                                        "flavor",
                                        Parameters.words("envoy", "java"),
                                        "For which proxy; default envoy."),
                                Parameters.requiredQuery(
                                        "service",
                                        Parameters.text("^" + WORD.pattern() + "$"),
                                        "The service, as the node's cluster."),
                                Parameters.query(
                                        "id",
                                        Parameters.text("^" + WORD.pattern() + "$"),
                                        "The node's id; made up unless given."),
                                Parameters.query(
                                        "adminPort", Parameters.number(0, 65_535), "Of the proxy."),
                                Parameters.query(
                                        "xds",
                                        Parameters.text("^" + HOST_AND_PORT.pattern() + "$"),
                                        "The xDS server as the proxy reaches it."))
                        .taking(
                                file("tlsCert", "certificate"),
                                file("tlsKey", "key"),
                                file("tlsCa", "authorities"))
                        .replying(200, "The file.", "application/yaml", "Bootstrap")
                        .by(this::get));
    }

    private static Operation.Parameter file(String name, String what) {
        return Parameters.query(
                name,
                Parameters.text("^" + PATH.pattern() + "$"),
                "The file of the proxy's " + what + ", on its own machine.");
    }

    private void get(ServerRequest request, ServerResponse response, Caller caller) {
        var asked =
                new BootstrapSource.Request(
                        flavor(request),
                        word(request, "service")
                                .orElseThrow(() -> Requests.badParameter("service", "is missing.")),
                        word(request, "id"),
                        adminPort(request),
                        xds(request),
                        new BootstrapSource.ClientFiles(
                                path(request, "tlsCert"),
                                path(request, "tlsKey"),
                                path(request, "tlsCa")),
                        request.authority());
        switch (source.bootstrap(asked)) {
            case BootstrapSource.Result.Yaml(var text) ->
                    Responses.text(response, "application/yaml", text);
            case BootstrapSource.Result.Refused(var parameter, var detail) ->
                    throw Requests.badParameter(parameter, detail);
        }
    }

    private static Flavor flavor(ServerRequest request) {
        return switch (Requests.parameter(request, "flavor").orElse("envoy")) {
            case "envoy" -> Flavor.ENVOY;
            case "java" -> Flavor.JAVA;
            case String other ->
                    throw Requests.badParameter(
                            "flavor", Quoted.of(other) + " (expected: envoy or java).");
        };
    }

    private static Optional<Integer> adminPort(ServerRequest request) {
        return Requests.parameter(request, "adminPort").isPresent()
                ? Optional.of(Requests.number(request, "adminPort", 0, 0, 65_535, false))
                : Optional.empty();
    }

    private static Optional<String> word(ServerRequest request, String name) {
        return checked(request, name, WORD, "letters, digits and . _ : -");
    }

    private static Optional<String> xds(ServerRequest request) {
        return checked(request, "xds", HOST_AND_PORT, "host:port");
    }

    private static Optional<String> path(ServerRequest request, String name) {
        return checked(request, name, PATH, "an absolute path of at most 1024 visible characters");
    }

    private static Optional<String> checked(
            ServerRequest request, String name, Pattern pattern, String expected) {
        var text = Requests.parameter(request, name);
        if (text.isPresent() && !pattern.matcher(text.get()).matches()) {
            throw Requests.badParameter(
                    name, Quoted.of(text.get()) + " (expected: " + expected + ").");
        }
        return text;
    }
}
