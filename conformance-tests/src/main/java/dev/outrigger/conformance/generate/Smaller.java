// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import dev.outrigger.conformance.exchange.ClientStep;
import dev.outrigger.conformance.exchange.Scenario;
import dev.outrigger.conformance.exchange.UpstreamAnswer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/** The scenarios that are one thing smaller than another, the much smaller ones first. */
final class Smaller {
    private static final String LINE_END = "\r\n";

    private Smaller() {}

    static List<Scenario> than(Scenario scenario) {
        var all = new ArrayList<Scenario>();
        byConnection(scenario, all);
        byStep(scenario, all);
        byAnswer(scenario, all);
        byLine(scenario, all);
        return all;
    }

    private static Scenario with(Scenario scenario, List<ClientStep> steps) {
        return new Scenario(scenario.name(), steps, scenario.upstreams());
    }

    /** Only one of several connections. */
    private static void byConnection(Scenario scenario, List<Scenario> all) {
        var connections = new ArrayList<List<ClientStep>>();
        connections.add(new ArrayList<>());
        for (var step : scenario.steps()) {
            if (step instanceof ClientStep.Connect) {
                connections.add(new ArrayList<>());
            } else {
                connections.getLast().add(step);
            }
        }
        if (connections.size() > 1) {
            connections.forEach(each -> all.add(with(scenario, each)));
        }
    }

    /** Without a step; a request goes with the wait for its answer. */
    private static void byStep(Scenario scenario, List<Scenario> all) {
        var steps = scenario.steps();
        for (int i = 0; i < steps.size(); i++) {
            var left = new ArrayList<>(steps);
            var _ = left.remove(i);
            if (i + 1 < steps.size()
                    && steps.get(i) instanceof ClientStep.Send
                    && steps.get(i + 1) instanceof ClientStep.AwaitResponses) {
                var _ = left.remove(i);
                for (int j = i; j < left.size(); j++) {
                    if (left.get(j) instanceof ClientStep.Connect) {
                        break;
                    }
                    if (left.get(j) instanceof ClientStep.AwaitResponses(var count)) {
                        left.set(j, new ClientStep.AwaitResponses(count - 1));
                    }
                }
            }
            if (!left.isEmpty()) {
                all.add(with(scenario, left));
            }
            if (i + 1 < steps.size()
                    && steps.get(i) instanceof ClientStep.Pause
                    && i > 0
                    && steps.get(i - 1) instanceof ClientStep.Send(var first)
                    && steps.get(i + 1) instanceof ClientStep.Send(var second)) {
                var joined = new ArrayList<>(steps);
                joined.subList(i - 1, i + 2).clear();
                joined.add(i - 1, new ClientStep.Send(first + second));
                all.add(with(scenario, joined));
            }
        }
    }

    /** With a shorter script, or none. */
    private static void byAnswer(Scenario scenario, List<Scenario> all) {
        for (var script : scenario.upstreams().entrySet()) {
            var none = new HashMap<>(scenario.upstreams());
            none.remove(script.getKey());
            all.add(new Scenario(scenario.name(), scenario.steps(), none));
            for (int i = 0; i < script.getValue().size(); i++) {
                if (script.getValue().size() > 1) {
                    var shorter = new ArrayList<>(script.getValue());
                    var _ = shorter.remove(i);
                    all.add(withScript(scenario, script.getKey(), shorter));
                }
                var answer = script.getValue().get(i);
                for (var head : withoutLines(answer.head())) {
                    var changed = new ArrayList<>(script.getValue());
                    changed.set(
                            i,
                            new UpstreamAnswer(
                                    answer.early(),
                                    answer.delay(),
                                    head,
                                    answer.bodyDelay(),
                                    answer.body(),
                                    answer.after()));
                    all.add(withScript(scenario, script.getKey(), changed));
                }
            }
        }
    }

    private static Scenario withScript(
            Scenario scenario, String upstream, List<UpstreamAnswer> script) {
        var changed = new HashMap<>(scenario.upstreams());
        changed.put(upstream, script);
        return new Scenario(scenario.name(), scenario.steps(), changed);
    }

    /** Without a header line. */
    private static void byLine(Scenario scenario, List<Scenario> all) {
        var steps = scenario.steps();
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i) instanceof ClientStep.Send(var text)) {
                for (var shorter : withoutLines(text)) {
                    var changed = new ArrayList<>(steps);
                    changed.set(i, new ClientStep.Send(shorter));
                    all.add(with(scenario, changed));
                }
            }
        }
    }

    /** The text without each line that is neither the first nor an empty one. */
    private static List<String> withoutLines(String text) {
        var shorter = new ArrayList<String>();
        int at = text.indexOf(LINE_END);
        while (at >= 0) {
            int next = text.indexOf(LINE_END, at + LINE_END.length());
            if (next < 0) {
                break;
            }
            if (next > at + LINE_END.length()
                    && text.substring(at + LINE_END.length(), next).contains(":")) {
                shorter.add(text.substring(0, at) + text.substring(next));
            }
            at = next;
        }
        return shorter;
    }
}
