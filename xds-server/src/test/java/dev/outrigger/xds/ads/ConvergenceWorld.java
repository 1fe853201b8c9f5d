// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.outrigger.xds.resource.ResourceType;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The published resources, and a script of random events. */
final class ConvergenceWorld {
    static final List<String> NAMES = List.of("A", "B", "C", "D", "E");
    static final List<ResourceType> TYPES =
            List.of(
                    ResourceType.CLUSTER,
                    ResourceType.ENDPOINT,
                    ResourceType.LISTENER,
                    ResourceType.ROUTE);
    static final int STEPS = 120;

    final Random random;
    final Snapshots snapshots = new Snapshots();
    private int content;

    ConvergenceWorld(Random random) {
        this.random = random;
    }

    void run(ConvergingClient client) throws ProtocolViolation {
        for (int step = 0; step < STEPS; step++) {
            switch (random.nextInt(5)) {
                case 0 -> client.changeSubscription(type(), random);
                case 1, 2 -> client.answer(random.nextInt(4) != 0);
                default -> {
                    change();
                    client.publish();
                }
            }
        }
        settle(client);
        // What was refused may be held back for ever; everything different must get through.
        for (ResourceType type : TYPES) {
            put(
                    type,
                    "A"); // Also where there is nothing: what is refused is held until it differs.
            for (String name : List.copyOf(snapshots.contents(type).keySet())) {
                put(type, name);
            }
        }
        client.publish();
        settle(client);
    }

    private static void settle(ConvergingClient client) throws ProtocolViolation {
        int answers = 0;
        while (client.answer(true) || client.awaitMore()) {
            answers++;
            assertThat(answers).as("answers that never end").isLessThan(1_000);
        }
    }

    private void change() {
        for (int changes = random.nextInt(4); changes >= 0; changes--) {
            var type = type();
            var name = NAMES.get(random.nextInt(NAMES.size()));
            if (random.nextInt(3) == 0) {
                snapshots.remove(type, name);
            } else {
                put(type, name);
            }
        }
    }

    private void put(ResourceType type, String name) {
        content++;
        snapshots.put(type, name, "c" + content);
    }

    private ResourceType type() {
        return TYPES.get(random.nextInt(TYPES.size()));
    }

    Map<String, String> published(ResourceType type, Subscriptions wanted) {
        return snapshots.contents(type).entrySet().stream()
                .filter(entry -> wanted.contains(entry.getKey()))
                .collect(
                        Collectors.toMap(
                                Map.Entry::getKey, Map.Entry::getValue, (a, _) -> a, TreeMap::new));
    }

    static String name(ResourceType type, Any any) {
        return type.nameOf(parsed(type, any));
    }

    static String content(ResourceType type, Any any) {
        return Snapshots.content(type, any);
    }

    static com.google.protobuf.Message parsed(ResourceType type, Any any) {
        try {
            return type.prototype().getParserForType().parseFrom(any.getValue());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }
}
