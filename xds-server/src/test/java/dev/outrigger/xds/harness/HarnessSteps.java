// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.harness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.xds.harness.HarnessClient.Received;
import dev.outrigger.xds.resource.ResourceType;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the scenarios' sentences mean. Versions are ours, hashes of content: one that a scenario
 * calls "1" is whatever stood in the responses since the scenario said "1", and nothing else.
 */
final class HarnessSteps implements AutoCloseable {
    private final Map<Pattern, Step> steps = new LinkedHashMap<>();
    private final HarnessServer server = new HarnessServer();
    private final ManagedChannel channel;
    private final HarnessClient client;
    private final List<Received> responses = new ArrayList<>();

    /** By type and version as we say it, the version as the scenario says it. */
    private final Map<String, String> labels = new HashMap<>();

    private final Map<ResourceType, String> current = new HashMap<>();

    /** Where the responses of the last expectation begin. */
    private int mark;

    private interface Step {
        void run(Matcher words) throws Exception;
    }

    HarnessSteps(boolean incremental, boolean aggregated) throws IOException {
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
        client = new HarnessClient(channel, incremental, aggregated);
        define();
    }

    void run(String step) throws Exception {
        for (Map.Entry<Pattern, Step> definition : steps.entrySet()) {
            var words = definition.getKey().matcher(step);
            if (words.matches()) {
                definition.getValue().run(words);
                return;
            }
        }
        throw new AssertionError("nobody knows what this step means");
    }

    /** A word in quotes is a group. */
    private void define(String sentence, Step step) {
        steps.put(
                Pattern.compile(
                        sentence.replace("(", "\\(")
                                .replace(")", "\\)")
                                .replace("%", "\"([^\"]*)\"")),
                step);
    }

    private void define() {
        define(
                "a target setup with service %, resources %, and starting version %",
                w -> setUp(List.of(type(w, 1)), names(w, 2), w.group(3)));
        define(
                "a target setup with multiple services %, each with resources %, and starting"
                        + " version %",
                w ->
                        setUp(
                                names(w, 1).stream().map(HarnessSteps::type).toList(),
                                names(w, 2),
                                w.group(3)));
        define(
                "the Client does a wildcard subscription to %",
                w -> client.subscribe(type(w, 1), List.of()));
        define(
                "the Client subscribes to resources % for %",
                w -> client.subscribe(type(w, 2), names(w, 1)));
        define(
                "the Client updates subscription to a resource(%) of % with version %",
                w -> subscribeQuietly(type(w, 2), names(w, 1)));
        define(
                "the Client unsubscribes from all resources for %",
                w -> subscribeQuietly(type(w, 1), List.of("")));
        define(
                "the Client unsubscribes from resource % for service %",
                w -> {
                    client.unsubscribe(type(w, 2), names(w, 1));
                    server.awaitRequests(client.requests());
                });
        define(
                "the resource % of service % is updated to version %",
                w -> change(type(w, 2), w.group(1), w.group(3)));
        define(
                "the resource % is added to the % with version %",
                w -> change(type(w, 2), w.group(1), w.group(3)));
        define(
                "the resource % is removed from the %",
                w -> {
                    server.remove(type(w, 2), w.group(1));
                    server.publish();
                });
        define(
                "the Client receives the resources % and version % for %",
                w -> receive(type(w, 3), names(w, 1), w.group(2)));
        define(
                "the resources % and version % for % came in a single response",
                w ->
                        assertThat(sinceMark(type(w, 3)))
                                .anySatisfy(response ->
                                        assertThat(response.bodies()).containsKeys(keys(w, 1))));
        define(
                "the Client receives only the resource % and version % for the service %",
                w -> {
                    receive(type(w, 3), names(w, 1), w.group(2));
                    assertThat(sinceMark(type(w, 3)))
                            .allSatisfy(response ->
                                    assertThat(response.bodies()).containsOnlyKeys(keys(w, 1)));
                });
        define(
                "the Client receives notice that resource % was removed for service %",
                w -> receiveRemoval(type(w, 2), w.group(1)));
        define("the service never responds more than necessary", w -> assertNothingMore());
        define("the Client does not receive any message from %", w -> assertNothingMore());
        define(
                "the client does not receive resource % of service % at version %",
                w -> assertNothingMore());
        steps.put(
                Pattern.compile(
                        "for service \"([^\"]*)\", no resource other than \"([^\"]*)\" has same"
                                + " (version or )?nonce"),
                w ->
                        assertThat(sinceMark(type(w, 1)).getLast().bodies())
                                .containsOnlyKeys(keys(w, 2)));
    }

    private void setUp(List<ResourceType> types, List<String> names, String version) {
        for (ResourceType type : types) {
            names.forEach(name -> server.put(type, name));
            current.put(type, version);
        }
        server.publish();
    }

    private void change(ResourceType type, String name, String version) {
        server.put(type, name);
        current.put(type, version);
        server.publish();
    }

    /** The answer to a subscription to less is silence; what follows must find it in force. */
    private void subscribeQuietly(ResourceType type, List<String> names) throws Exception {
        client.subscribe(type, names);
        server.awaitRequests(client.requests());
    }

    /** Responses until all of the names have come, each with the version of now. */
    private void receive(ResourceType type, List<String> names, String version) throws Exception {
        mark = responses.size();
        var missing = new TreeSet<>(names);
        // Two types may have been subscribed to at once, so that the other's may come first.
        responses.stream()
                .filter(response -> response.type() == type && isNew(response))
                .forEach(response -> missing.removeAll(response.bodies().keySet()));
        while (!missing.isEmpty()) {
            var response = next();
            if (response.type() == type) {
                assertThat(labels.get(key(response))).isEqualTo(version);
                assertThat(names).containsAll(response.bodies().keySet());
                missing.removeAll(response.bodies().keySet());
                consumed.add(response);
            }
        }
        responses.stream().filter(response -> response.type() == type).forEach(consumed::add);
    }

    private final Set<Received> consumed = new java.util.HashSet<>();

    private boolean isNew(Received response) {
        return !consumed.contains(response);
    }

    private void receiveRemoval(ResourceType type, String name) throws Exception {
        mark = responses.size();
        var response = next();
        assertThat(response.type()).isEqualTo(type);
        assertThat(response.removed()).containsExactly(name);
        assertThat(response.bodies()).isEmpty();
        consumed.add(response);
    }

    private Received next() throws InterruptedException {
        var response = client.next();
        var label = Objects.requireNonNull(current.get(response.type()), "a version");
        var before = labels.putIfAbsent(key(response), label);
        assertThat(before == null || before.equals(label))
                .as("%s is the version '%s' now, and was '%s'", key(response), label, before)
                .isTrue();
        responses.add(response);
        return response;
    }

    private static String key(Received response) {
        return response.type() + " " + response.version();
    }

    private List<Received> sinceMark(ResourceType type) {
        var since =
                responses.subList(mark, responses.size()).stream()
                        .filter(response -> response.type() == type)
                        .toList();
        assertThat(since).as("responses").isNotEmpty();
        return since;
    }

    /** After the server has said and heard everything. */
    void assertNothingMore() throws Exception {
        server.awaitRequests(client.requests());
        server.awaitQuiet();
        assertThat(client.hasMore()).as("more responses").isFalse();
        assertThat(responses).allMatch(consumed::contains);
    }

    private static List<String> names(Matcher words, int group) {
        return List.of(words.group(group).split(","));
    }

    private static String[] keys(Matcher words, int group) {
        return words.group(group).split(",");
    }

    private static ResourceType type(Matcher words, int group) {
        return type(words.group(group));
    }

    private static ResourceType type(String shortName) {
        return ResourceType.inOrder().stream()
                .filter(type -> type.shortName().equals(shortName))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        channel.shutdownNow();
        server.close();
    }
}
