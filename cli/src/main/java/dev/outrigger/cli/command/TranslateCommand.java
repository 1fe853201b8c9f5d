// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.cli.client.DocumentBundle;
import dev.outrigger.cli.client.XdsType;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.output.JsonText;
import dev.outrigger.cli.output.OutputFormat;
import dev.outrigger.cli.output.Table;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.xds.kind.xdsresources.ResourceJson;
import dev.outrigger.xds.node.NodeGroupResolver;
import dev.outrigger.xds.node.NodeIdentity;
import dev.outrigger.xds.reconcile.ResourcePreview;
import dev.outrigger.xds.resource.XdsResource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a proxy would be sent, by the translation that proxies are served from. */
@Command(
        name = "translate",
        description = {
            "Prints the Envoy configuration that documents come to for one service's proxy,",
            "without a control plane: for CI and for review."
        },
        mixinStandardHelpOptions = true)
final class TranslateCommand implements Callable<Integer> {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Console console;

    @Option(
            names = {"-f", "--filename"},
            required = true,
            paramLabel = "FILE|DIR|-",
            description = "YAML or JSON; a folder gives its files; - is the standard input.")
    private List<String> sources = List.of();

    @Option(
            names = "--service",
            required = true,
            paramLabel = "NAME",
            description = "Whose proxy it is: the node's cluster.")
    private String service = "";

    @Option(
            names = "--label",
            paramLabel = "KEY=VALUE",
            description = "Of the node's metadata, for selectors; may be repeated.")
    private Map<String, String> labels = Map.of();

    @Mixin private final ProxiesOption proxies = new ProxiesOption();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "TYPE",
            description = "Only listeners, routes, clusters, endpoints or secrets.")
    private @Nullable String type;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "yaml, json, table or name. Default: ${DEFAULT-VALUE}.",
            defaultValue = "yaml")
    private OutputFormat format = OutputFormat.yaml;

    TranslateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        var wanted = type == null ? null : XdsType.parse(type);
        var set =
                OfflineDocuments.read(
                        DocumentBundle.read(sources, console.in()),
                        proxies.capabilities(),
                        console);
        var resources =
                resources(set.policies()).stream()
                        .filter(resource ->
                                wanted == null
                                        || wanted.typeUrl().equals(resource.type().typeUrl()))
                        .toList();
        switch (format) {
            case json -> console.data(JsonText.json(tree(resources)));
            case yaml -> console.data(JsonText.yaml(tree(resources)));
            case name ->
                    resources.forEach(
                            resource -> console.data(word(resource) + "/" + resource.name()));
            case table, wide -> console.table(table(resources));
        }
        return ExitCode.OK.number();
    }

    private List<XdsResource> resources(PolicySet policies) {
        var node = new NodeIdentity(service, service, labels, "envoy");
        var group = new NodeGroupResolver(policies).resolve(node);
        if (group.documents().isEmpty()) {
            throw CliFailure.of(
                            ExitCode.NOT_FOUND,
                            "no Sidecar selects a proxy of service '" + service + "'")
                    .withNext("give it labels with --label, or look at the selectors");
        }
        return new ResourcePreview(policies).resources(group);
    }

    /** One list for each type, in the order in which one reads a configuration. */
    private static ObjectNode tree(List<XdsResource> resources) {
        var byType = resources.stream().collect(Collectors.groupingBy(TranslateCommand::word));
        var tree = JSON.createObjectNode();
        for (XdsType known : XdsType.values()) {
            var ofType = byType.getOrDefault(known.word(), List.of());
            if (!ofType.isEmpty()) {
                var list = tree.putArray(known.word());
                ofType.forEach(resource -> list.add(json(resource)));
            }
        }
        return tree;
    }

    private static JsonNode json(XdsResource resource) {
        try {
            return JSON.readTree(ResourceJson.write(resource.message()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("our own JSON", e);
        }
    }

    private static List<String> table(List<XdsResource> resources) {
        var table = new Table("TYPE", "NAME", "DOCUMENTS");
        for (XdsResource resource : resources) {
            table.add(
                    List.of(
                            word(resource),
                            resource.name(),
                            resource.provenance().stream()
                                    .map(PolicyId::toString)
                                    .collect(Collectors.joining(","))));
        }
        return table.lines();
    }

    private static String word(XdsResource resource) {
        var url = resource.type().typeUrl();
        return XdsType.ofUrl(url).map(XdsType::word).orElse(url);
    }
}
