// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.Any;
import dev.outrigger.conformance.Subjects;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What another control plane gives its Envoys, over ADS to both proxies, from one set to the next:
 * both accept and refuse the same, except for what {@code delivery/refused.yaml} lists.
 *
 * <p>{@code -Dgateway.transitions=all} goes from every set to every other, which takes some
 * minutes; otherwise each set comes once and a part of that way is gone.
 */
class GatewaySetsIT {
    private static final int SOME = 80;

    @TempDir Path folder;

    /** The way and what was refused at each step. */
    private record Step(String from, String to, SortedMap<String, String> refused) {}

    @ParameterizedTest
    @ValueSource(strings = {"DELTA_GRPC", "GRPC"})
    void bothTakeTheSame(String apiType) throws Exception {
        assumeTrue(GatewaySets.areThere(), "no sets of envoy-gateway-golden beside the project");
        var readable = new ArrayList<String>();
        var unknown = new ArrayList<String>();
        for (String name : GatewaySets.names()) {
            (GatewaySets.isReadable(name) ? readable : unknown).add(name);
        }
        // With types that are younger than the API we are built with.
        assertThat(unknown).containsExactly("load-balancer");
        var way = way(readable);
        var theirs =
                CompletableFuture.supplyAsync(
                        () -> walk(Subjects.oracle(), apiType, way, "127.40"),
                        task -> Thread.ofVirtual().start(task));
        var ours = walk(Subjects.subject(), apiType, way, "127.41");

        var table = Refusals.read("gateway");
        var wrong = new ArrayList<String>();
        var expected = theirs.join();
        for (int i = 0; i < ours.size(); i++) {
            var step = ours.get(i);
            var where = step.from() + " -> " + step.to() + ": ";
            var theirsHere = expected.get(i).refused();
            theirsHere.forEach((what, why) -> {
                if (!step.refused().containsKey(what)) {
                    wrong.add(where + "only Envoy refuses " + what + ": " + why);
                }
            });
            step.refused()
                    .forEach((what, why) -> {
                        if (!theirsHere.containsKey(what) && !table.explain(why)) {
                            wrong.add(where + "only ours refuses " + what + ": " + why);
                        }
                    });
        }
        assertThat(wrong).isEmpty();
        assertThat(table.unused()).as("entries of refused.yaml that no refusal needs").isEmpty();
    }

    private List<Step> walk(ProxyUnderTest proxy, String apiType, List<String> way, String net) {
        // Nobody else listens there, so that the ports of the sets can stay.
        var address = net + "." + new Random().nextInt(1, 255) + ".1";
        var sets = new LinkedHashMap<String, Map<String, Map<String, Any>>>();
        var steps = new ArrayList<Step>();
        try (var delivered =
                Delivered.to(proxy, apiType, folder.resolve(apiType + "-" + proxy.name()))) {
            var before = "nothing";
            for (String name : way) {
                if (!sets.containsKey(name)) {
                    sets.put(name, GatewaySets.read(name, address));
                }
                steps.add(
                        new Step(before, name, delivered.give(sets.getOrDefault(name, Map.of()))));
                before = name;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(proxy.name() + " after " + steps.size() + " steps", e);
        }
        return steps;
    }

    /**
     * A way over every ordered pair of sets, each once, beginning and ending at the same one; or
     * every set and then the beginning of that way.
     */
    private static List<String> way(List<String> names) {
        var next = new HashMap<String, Deque<String>>();
        var random = new Random(7);
        for (String from : names) {
            var others = new ArrayList<>(names);
            others.remove(from);
            Collections.shuffle(others, random);
            next.put(from, new ArrayDeque<>(others));
        }
        var open = new ArrayDeque<>(List.of(names.getFirst()));
        var way = new ArrayList<String>();
        while (!open.isEmpty()) {
            var to = next.getOrDefault(open.peek(), new ArrayDeque<>()).poll();
            if (to == null) {
                way.add(open.pop());
            } else {
                open.push(to);
            }
        }
        if (System.getProperty("gateway.transitions", "").equals("all")) {
            return way;
        }
        var some = new ArrayList<>(names);
        some.addAll(way.subList(0, SOME - names.size()));
        return some;
    }
}
