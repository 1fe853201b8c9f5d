// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import dev.outrigger.conformance.exchange.ClientStep;
import dev.outrigger.conformance.exchange.Scenario;
import dev.outrigger.conformance.exchange.UpstreamAnswer;
import dev.outrigger.conformance.exchange.UpstreamAnswer.After;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Exchanges: what clients send, in which pieces and order, and what upstreams answer. */
final class Traffic {
    /** Longer than a close may be delayed, and between two of the timeouts. */
    private static final Duration UNANSWERED = Duration.ofMillis(430);

    /** Behind an echo, or half of what it may take. */
    private static final Duration ECHOED = Duration.ofMillis(100);

    private static final Duration MOMENT = Duration.ofMillis(15);

    /**
     * What comes through the machine in one piece for sure. Answers are counted between two reads,
     * and how much a read brings is the machine's matter.
     */
    private static final int ONE_READ = 2000;

    private final Choices choices;
    private final Plan plan;
    private final boolean refuses;
    private final Requests requests;
    private final Answers answers;
    private boolean pipelines;

    /**
     * @param refuses whether hosts refuse connections: how much of a body that comes in pieces was
     *     read by then is a race
     */
    Traffic(Choices choices, Plan plan, boolean refuses) {
        this.choices = choices;
        this.plan = plan;
        this.refuses = refuses;
        this.requests = new Requests(choices, plan);
        this.answers = new Answers(choices, plan);
    }

    List<Scenario> exchanges(int count) {
        var all = new ArrayList<Scenario>();
        for (int i = 1; i <= count; i++) {
            var upstreams = upstreams();
            // Which of two streams is first is not for sure.
            pipelines =
                    !plan.transports().downstream().isHttp2()
                            && upstreams.values().stream()
                                    .flatMap(List::stream)
                                    .noneMatch(Traffic::races);
            boolean tunnels =
                    upstreams.values().stream()
                            .flatMap(List::stream)
                            .anyMatch(each -> each.after() == After.ECHO);
            var steps = tunnels ? tunnel() : steps();
            all.add(new Scenario("exchange[" + i + "]", steps, upstreams));
        }
        return all;
    }

    /**
     * Whether a request right behind this answer could still meet the connection that the upstream
     * closes, or not.
     */
    private static boolean races(UpstreamAnswer answer) {
        boolean closes = answer.after() == After.CLOSE || answer.after() == After.RESET;
        boolean said =
                answer.head().startsWith("HTTP/1.0") || answer.head().contains("connection: close");
        return closes && !said && answer.head().contains("\r\n\r\n");
    }

    private Map<String, List<UpstreamAnswer>> upstreams() {
        var scripts = new HashMap<String, List<UpstreamAnswer>>();
        if (choices.in100(60)) {
            var script = answers.script();
            // Mostly one script for all: which cluster a request reaches is not known here.
            for (var cluster : plan.clusters()) {
                var own = choices.in100(80) ? script : answers.script();
                boolean streams = plan.transports().upstream(cluster).isHttp2();
                scripts.put(cluster, streams ? answers.overStreams(own) : own);
            }
        }
        return scripts;
    }

    /** Where an upstream may agree to an upgrade nothing is sent behind the request but data. */
    private List<ClientStep> tunnel() {
        var steps = new ArrayList<ClientStep>();
        steps.add(new ClientStep.Send(requests.upgrade().text()));
        steps.add(new ClientStep.AwaitResponses(1));
        if (choices.in100(60)) {
            steps.add(new ClientStep.Send("ping"));
            steps.add(new ClientStep.AwaitQuiet(ECHOED));
        }
        if (choices.in100(50)) {
            closeWrite(steps);
        } else {
            steps.add(new ClientStep.Close());
        }
        return steps;
    }

    private List<ClientStep> steps() {
        var steps = new ArrayList<ClientStep>();
        for (int i = choices.pick(1, 1, 1, 1, 1, 1, 2, 3); i > 0; i--) {
            if (!steps.isEmpty()) {
                steps.add(new ClientStep.Connect());
            }
            connection(steps);
        }
        return steps;
    }

    private void connection(List<ClientStep> steps) {
        int count = choices.pick(1, 1, 1, 1, 2, 2, 3, 4);
        boolean pipelined = count > 1 && choices.in100(30) && pipelines;
        int awaited = 0;
        var together = new StringBuilder();
        for (int i = 1; i <= count; i++) {
            var request = requests.next();
            if (!together.isEmpty() && together.length() + request.text().length() > ONE_READ) {
                send(steps, together.toString());
                together.setLength(0);
                steps.add(new ClientStep.AwaitResponses(awaited));
            }
            if (!request.complete()) {
                send(steps, together + request.text());
                steps.add(
                        request.answered()
                                ? new ClientStep.AwaitResponses(awaited + 1)
                                : new ClientStep.Pause(UNANSWERED));
                if (together.isEmpty()) {
                    ending(steps);
                } else {
                    // Of a reset that comes while it does not read, Envoy hears when it writes.
                    closeWrite(steps);
                }
                return;
            }
            awaited++;
            together.append(request.text());
            if (!pipelined || i == count) {
                send(steps, together.toString());
                together.setLength(0);
                steps.add(new ClientStep.AwaitResponses(awaited));
            }
        }
    }

    /** What a client does that has nothing more to say. */
    private void ending(List<ClientStep> steps) {
        switch (choices.weighted(plan.timed() ? 3 : 0, 2, 1, 1)) {
            case 0 -> steps.add(new ClientStep.AwaitEnd());
            case 1 -> closeWrite(steps);
            case 2 -> steps.add(new ClientStep.Close());
            default -> steps.add(new ClientStep.Reset());
        }
    }

    private static void closeWrite(List<ClientStep> steps) {
        steps.add(new ClientStep.CloseWrite());
        steps.add(new ClientStep.AwaitEnd());
    }

    /** At once, or in pieces with a moment between them. */
    private void send(List<ClientStep> steps, String text) {
        if (!choices.in100(12) || text.length() < 4) {
            steps.add(new ClientStep.Send(text));
            return;
        }
        int from = 0;
        int head = text.indexOf("\r\n\r\n");
        int last = refuses && head > 0 ? head : text.length() - 1;
        for (int pieces = choices.between(2, 4); pieces > 1; pieces--) {
            int to = choices.between(from, Math.min(last, from + 200));
            if (to > from) {
                steps.add(new ClientStep.Send(text.substring(from, to)));
                steps.add(new ClientStep.Pause(MOMENT));
                from = to;
            }
        }
        steps.add(new ClientStep.Send(text.substring(from)));
    }
}
