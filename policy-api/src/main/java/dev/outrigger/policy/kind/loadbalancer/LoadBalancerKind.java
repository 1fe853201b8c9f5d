// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.loadbalancer;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.field.Percents;
import dev.outrigger.policy.kind.loadbalancer.LoadBalancerPolicy.Algorithm;
import dev.outrigger.policy.kind.loadbalancer.LoadBalancerPolicy.HashFunction;
import dev.outrigger.policy.kind.loadbalancer.LoadBalancerPolicy.SlowStart;
import dev.outrigger.policy.model.BlockKind;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads {@code loadBalancer}.
 *
 * <ul>
 *   <li>at most one algorithm, default {@code roundRobin}: {@code roundRobin} ({@code slowStart}),
 *       {@code leastRequest} ({@code choiceCount} 2..100, {@code slowStart}), {@code random},
 *       {@code ringHash} ({@code minimumSize}, {@code maximumSize} 1..8,388,608, {@code hash}
 *       XXHash or Murmur2, {@code balancePercent} 100..10,000), {@code maglev} ({@code tableSize},
 *       a prime up to 5,000,011, {@code balancePercent})
 *   <li>{@code slowStart}: {@code window} 1ms..1h, {@code minWeightPercent}
 *   <li>{@code localityWeighted}: default false; {@code panicThreshold}: percent
 * </ul>
 */
public final class LoadBalancerKind implements BlockKind<LoadBalancerPolicy> {
    private static final List<String> ALGORITHMS =
            List.of("roundRobin", "leastRequest", "random", "ringHash", "maglev");
    private static final List<String> FIELDS =
            List.of(
                    "roundRobin",
                    "leastRequest",
                    "random",
                    "ringHash",
                    "maglev",
                    "localityWeighted",
                    "panicThreshold");
    private static final long MAX_RING = 8_388_608;
    private static final long DEFAULT_MIN_RING = 1_024;
    private static final long MAX_TABLE = 5_000_011;

    /** Of 2^-100 that a number is taken for a prime; below 2^31 it is exact in effect. */
    private static final int CERTAINTY = 100;

    @Override
    public String blockName() {
        return "loadBalancer";
    }

    @Override
    public Class<LoadBalancerPolicy> blockType() {
        return LoadBalancerPolicy.class;
    }

    @Override
    public Optional<LoadBalancerPolicy> read(DocumentNode block) {
        var mark = block.violations().mark();
        if (!block.objectOf(FIELDS)) {
            return Optional.empty();
        }
        var algorithm = readAlgorithm(block);
        var weighted = block.field("localityWeighted").bool();
        var panic = Percents.read(block.field("panicThreshold"));
        return mark.ifClean(() ->
                new LoadBalancerPolicy(algorithm.orElseThrow(), weighted.orElse(false), panic));
    }

    private static Optional<Algorithm> readAlgorithm(DocumentNode block) {
        var given = ALGORITHMS.stream().map(block::field).filter(DocumentNode::isPresent).toList();
        if (given.size() > 1) {
            block.violate(
                    ViolationCode.INCONSISTENT,
                    "Has "
                            + given.size()
                            + " algorithms (expected: at most one of "
                            + String.join(", ", ALGORITHMS)
                            + ").");
            return Optional.empty();
        }
        if (given.isEmpty()) {
            return Optional.of(new Algorithm.RoundRobin(Optional.empty()));
        }
        DocumentNode node = given.getFirst();
        return switch (node.path().tokens().getLast()) {
            case "roundRobin" ->
                    node.objectOf(List.of("slowStart"))
                            ? Optional.of(
                                    new Algorithm.RoundRobin(slowStart(node.field("slowStart"))))
                            : Optional.empty();
            case "leastRequest" -> leastRequest(node);
            case "ringHash" -> ringHash(node);
            case "maglev" -> maglev(node);
            case String _ ->
                    node.objectOf(List.of())
                            ? Optional.of(new Algorithm.Random())
                            : Optional.empty();
        };
    }

    private static Optional<Algorithm> leastRequest(DocumentNode node) {
        if (!node.objectOf(List.of("choiceCount", "slowStart"))) {
            return Optional.empty();
        }
        return Optional.of(
                new Algorithm.LeastRequest(
                        node.field("choiceCount").intIn(2, 100),
                        slowStart(node.field("slowStart"))));
    }

    private static Optional<Algorithm> ringHash(DocumentNode node) {
        if (!node.objectOf(List.of("minimumSize", "maximumSize", "hash", "balancePercent"))) {
            return Optional.empty();
        }
        var min = node.field("minimumSize").longIn(1, MAX_RING);
        DocumentNode maxNode = node.field("maximumSize");
        var max = maxNode.longIn(1, MAX_RING);
        if (max.isPresent() && max.get() < min.orElse(DEFAULT_MIN_RING)) {
            maxNode.violate(
                    ViolationCode.INCONSISTENT,
                    "Is less than the minimum (expected: at least 'minimumSize', which is 1024"
                            + " unless given).");
        }
        var hash =
                node.field("hash")
                        .oneOf(
                                Map.of(
                                        "XXHash",
                                        HashFunction.XX_HASH,
                                        "Murmur2",
                                        HashFunction.MURMUR_HASH_2));
        return Optional.of(
                new Algorithm.RingHash(
                        min, max, hash.orElse(HashFunction.XX_HASH), balancePercent(node)));
    }

    private static Optional<Algorithm> maglev(DocumentNode node) {
        if (!node.objectOf(List.of("tableSize", "balancePercent"))) {
            return Optional.empty();
        }
        DocumentNode sizeNode = node.field("tableSize");
        var size = sizeNode.longIn(2, MAX_TABLE);
        if (size.isPresent() && !BigInteger.valueOf(size.get()).isProbablePrime(CERTAINTY)) {
            sizeNode.violate(
                    ViolationCode.BAD_VALUE,
                    size.get() + " is not a prime (expected: such as 65537).");
        }
        return Optional.of(new Algorithm.Maglev(size, balancePercent(node)));
    }

    private static Optional<Integer> balancePercent(DocumentNode node) {
        return node.field("balancePercent").intIn(100, 10_000);
    }

    private static Optional<SlowStart> slowStart(DocumentNode node) {
        if (!node.isPresent() || !node.objectOf(List.of("window", "minWeightPercent"))) {
            return Optional.empty();
        }
        var window =
                node.field("window").required().duration(Duration.ofMillis(1), Duration.ofHours(1));
        var min = Percents.read(node.field("minWeightPercent"));
        return window.map(value -> new SlowStart(value, min));
    }
}
