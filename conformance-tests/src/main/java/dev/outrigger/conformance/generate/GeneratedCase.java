// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import dev.outrigger.conformance.exchange.ClientStep;
import dev.outrigger.conformance.exchange.Scenario;
import dev.outrigger.conformance.stage.BatchStage;
import dev.outrigger.conformance.stage.Transports;
import java.util.List;

/**
 * A configuration with its traffic.
 *
 * @param timed whether it takes time that is compared, so that it should not wait for others
 * @param transports of its clients and upstreams
 * @param config a message with {@code listener} and {@code clusters}
 */
public record GeneratedCase(
        long seed, boolean timed, Transports transports, Node config, List<Scenario> scenarios) {
    public GeneratedCase {
        scenarios = List.copyOf(scenarios);
    }

    GeneratedCase withConfig(Node other) {
        return new GeneratedCase(seed, timed, transports, other, scenarios);
    }

    GeneratedCase withScenarios(List<Scenario> others) {
        return new GeneratedCase(seed, timed, transports, config, others);
    }

    /** The clusters, each as JSON. */
    List<String> clusters() {
        return switch (config.at("clusters")) {
            case Node.Items(var each, _) -> each.stream().map(Node::json).toList();
            case Node.Text _, Node.Raw _, Node.Fields _ ->
                    throw new IllegalStateException("clusters are a list");
        };
    }

    /** To be played under the name. */
    BatchStage.Part part(String name) {
        return new BatchStage.Part(
                name,
                timed,
                transports,
                config.at("listener").json(),
                clusters(),
                scenarios.stream().map(each -> named(each, name)).toList());
    }

    /** Whether each cluster that is named is there. */
    boolean isWhole() {
        var listener = config.at("listener").json();
        var there = clusters();
        for (var name : List.of("a", "b", "c", "mirror")) {
            var quoted = "\"${self}_" + name + "\"";
            if (listener.contains(quoted)
                    && there.stream().noneMatch(each -> each.contains("\"name\": " + quoted))) {
                return false;
            }
        }
        return true;
    }

    private static Scenario named(Scenario scenario, String name) {
        var steps =
                scenario.steps().stream()
                        .map(step ->
                                step instanceof ClientStep.Send(var text)
                                        ? new ClientStep.Send(text.replace("${self}", name))
                                        : step)
                        .toList();
        return new Scenario(scenario.name(), steps, scenario.upstreams());
    }
}
