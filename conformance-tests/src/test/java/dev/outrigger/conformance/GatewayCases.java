// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.outrigger.conformance.WireCase.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * The Gateway API's conformance tests, beside this repository, as cases: the requests of a test are
 * sent to each of its gateways, whether meant for it or not.
 */
final class GatewayCases {
    static final Path FOLDER = Path.of("..", "..", "shared", "data", "gateway-api-conformance");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** They are about TLS and UDP. */
    private static final Set<String> LEFT_OUT =
            Set.of("BackendTLSPolicyConflictResolution", "UDPRouteParentRefAttachAllListeners");

    private GatewayCases() {}

    static List<WireCase> read() throws IOException {
        var cases = new ArrayList<WireCase>();
        for (var test : JSON.readTree(FOLDER.resolve("cases.json").toFile())) {
            var name = test.get("name").asText();
            if (LEFT_OUT.contains(name)) {
                continue;
            }
            var manifests = new ArrayList<Map<String, Object>>();
            for (var file : test.get("manifests")) {
                load(FOLDER.resolve(file.asText()), manifests);
            }
            var routes = new GatewayRoutes(manifests);
            for (var gateway : routes.parents()) {
                var virtualHosts = JSON.writeValueAsString(routes.virtualHosts(gateway));
                var setup =
                        new Setup(
                                "",
                                "\"ignore_port_in_host_matching\": true,",
                                virtualHosts.substring(1, virtualHosts.length() - 1),
                                List.copyOf(routes.backends()));
                for (var each : test.get("cases")) {
                    var id = "gateway/" + name + "/" + gateway + "/" + cases.size();
                    cases.add(WireCase.of(id, setup, request(each)));
                }
            }
        }
        return cases;
    }

    private static String request(JsonNode test) {
        if (test.has("EchoRequest")) {
            return "POST /gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/Echo HTTP/1.1\r\n"
                    + "host: example.com\r\ncontent-type: application/grpc\r\nte: trailers\r\n"
                    + headers(test.path("RequestMetadata").path("Metadata"))
                    + "content-length: 5\r\n\r\n\0\0\0\0\0";
        }
        var request = test.get("Request");
        return request.path("Method").asText("GET")
                + " "
                + request.get("Path").asText()
                + " HTTP/1.1\r\nhost: "
                + request.path("Host").asText("example.com")
                + "\r\n"
                + headers(request.path("Headers"))
                + "\r\n";
    }

    private static String headers(JsonNode fields) {
        return fields.propertyStream()
                .map(each -> each.getKey() + ": " + each.getValue().asText() + "\r\n")
                .collect(Collectors.joining());
    }

    static void load(Path file, List<Map<String, Object>> into) throws IOException {
        var loader = new Load(LoadSettings.builder().setSchema(new CoreSchema()).build());
        for (var document : loader.loadAllFromString(Files.readString(file))) {
            if (document instanceof Map<?, ?> manifest) {
                into.add(
                        manifest.entrySet().stream()
                                .collect(
                                        Collectors.toMap(
                                                each -> String.valueOf(each.getKey()),
                                                Map.Entry::getValue)));
            }
        }
    }
}
