// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.document.DocumentReader.Format;
import dev.outrigger.policy.document.Violation;
import dev.outrigger.policy.document.Violations;
import dev.outrigger.policy.model.DocumentSet;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.StoredDocument;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A check that looks at what differs finds what one finds that looks at everything. */
class SetCheckTest {
    private static final int STEPS = 60;

    static LongStream seeds() {
        return LongStream.range(0, 60);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatDiffersIsEnough(long seed) {
        var random = new Random(seed);
        var reader = PolicyReader.standard();
        var set = DocumentSet.EMPTY;
        int found = 0;
        for (int step = 1; step <= STEPS; step++) {
            var put = new ArrayList<StoredDocument>();
            var removed = new ArrayList<PolicyId>();
            for (int changes = random.nextInt(3); changes >= 0; changes--) {
                var document = document(random, reader);
                if (random.nextInt(4) == 0) {
                    removed.add(document.id());
                } else {
                    put.add(document);
                }
            }
            var next = set.with(step, put, removed);

            var seen = new HashSet<>(reader.setCheck().checkChange(set, next));

            var expected = new HashSet<>(everything(next));
            expected.removeAll(everything(set));
            assertThat(seen).as("seed %d, step %d", seed, step).isEqualTo(expected);
            found += seen.size();
            // Now and then a change that is thought about and not made.
            set = random.nextInt(5) == 0 ? set : next;
        }
        assertThat(found).isPositive();
    }

    /** By a check that knows nothing yet. */
    private static Set<Violation> everything(DocumentSet set) {
        return Set.copyOf(PolicyReader.standard().setCheck().checkChange(DocumentSet.EMPTY, set));
    }

    private static StoredDocument document(Random random, PolicyReader reader) {
        var text =
                switch (random.nextInt(4)) {
                    case 0 -> service(random);
                    case 1 -> route(random);
                    case 2 -> policy(random);
                    default -> sidecar(random);
                };
        var violations = new Violations();
        var read = reader.read(text, Format.YAML, violations);
        assertThat(violations.list()).as(text).isEmpty();
        return PolicyReader.stored(read.getFirst(), 1);
    }

    private static String service(Random random) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Service
        metadata: {name: s%d}
        spec:
          hostnames: [h%d.example]
          ports: [{name: one, port: 80, protocol: HTTP}%s]
          endpoints: {static: [{address: 10.0.0.1, port: 8080}]}
        """
                .formatted(
                        random.nextInt(4),
                        random.nextInt(4),
                        random.nextBoolean() ? "" : ", {name: two, port: 81, protocol: HTTP}");
    }

    private static String route(Random random) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: HTTPRoute
        metadata: {name: r%d}
        spec:
          parentRefs: [{kind: Service, name: s%d}]
          rules:
          - name: rule%d
            backendRefs: [{name: s%d, port: %d}]
        """
                .formatted(
                        random.nextInt(3),
                        random.nextInt(4),
                        random.nextInt(2),
                        random.nextInt(4),
                        80 + random.nextInt(2));
    }

    private static String policy(Random random) {
        var target =
                List.of(
                                "{kind: Service, name: s" + random.nextInt(4) + "}",
                                "{kind: HTTPRoute, name: r" + random.nextInt(3) + "}",
                                "{kind: HTTPRoute, name: r0, sectionName: rule1}")
                        .get(random.nextInt(3));
        var consumers =
                random.nextBoolean()
                        ? ""
                        : "  consumers: [{kind: Service, name: s" + random.nextInt(6) + "}]\n";
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: TrafficPolicy
        metadata: {name: p%d}
        spec:
          targetRefs: [%s]
        %s  %s
        """
                .formatted(
                        random.nextInt(4),
                        target,
                        consumers,
                        random.nextBoolean()
                                ? "timeouts: {request: 3s}"
                                : "retry: {attempts: 1, codes: [\"5xx\"], backoff: 25ms}");
    }

    private static String sidecar(Random random) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Sidecar
        metadata: {name: s%d}
        spec:
          selector: {cluster: c%d}
          outbound: {listeners: [{name: http, address: 127.0.0.1, port: 15001, protocol: HTTP}]}
        """
                .formatted(3 + random.nextInt(3), random.nextInt(100));
    }
}
