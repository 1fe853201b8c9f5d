// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.fault;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.fault.FaultPolicy.Abort;
import dev.outrigger.policy.kind.fault.FaultPolicy.Delay;
import dev.outrigger.policy.kind.fault.FaultPolicy.ResponseRate;
import dev.outrigger.policy.kind.field.Percents;
import dev.outrigger.policy.model.BlockKind;
import dev.outrigger.policy.model.Percentage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Reads {@code fault}: at least one of {@code delay} ({@code duration} 1ms..1h), {@code abort}
 * (either {@code status} 200..599 or {@code grpcStatus} 0..16) and {@code responseRate} ({@code
 * kibPerSecond} 1..1,048,576), each with {@code percent} (default 100); {@code maxActive}
 * 0..4,294,967,295.
 */
public final class FaultKind implements BlockKind<FaultPolicy> {
    private static final long MAX_RATE = 1_048_576;

    @Override
    public String blockName() {
        return "fault";
    }

    @Override
    public Class<FaultPolicy> blockType() {
        return FaultPolicy.class;
    }

    @Override
    public Optional<FaultPolicy> read(DocumentNode block) {
        var mark = block.violations().mark();
        if (!block.objectOf(List.of("delay", "abort", "responseRate", "maxActive"))) {
            return Optional.empty();
        }
        var delay = readDelay(block.field("delay"));
        var abort = readAbort(block.field("abort"));
        var rate = readRate(block.field("responseRate"));
        var maxActive = block.field("maxActive").longIn(0, 0xffff_ffffL);
        if (mark.isClean() && delay.isEmpty() && abort.isEmpty() && rate.isEmpty()) {
            block.violate(
                    ViolationCode.MISSING_FIELD,
                    "Does nothing (expected: at least one of delay, abort, responseRate).");
        }
        return mark.ifClean(() -> new FaultPolicy(delay, abort, rate, maxActive));
    }

    private static Optional<Delay> readDelay(DocumentNode node) {
        if (!node.isPresent() || !node.objectOf(List.of("duration", "percent"))) {
            return Optional.empty();
        }
        var percent = percent(node);
        return node.field("duration")
                .required()
                .duration(Duration.ofMillis(1), Duration.ofHours(1))
                .map(duration -> new Delay(duration, percent));
    }

    private static Optional<Abort> readAbort(DocumentNode node) {
        if (!node.isPresent() || !node.objectOf(List.of("status", "grpcStatus", "percent"))) {
            return Optional.empty();
        }
        var percent = percent(node);
        DocumentNode statusNode = node.field("status");
        DocumentNode grpcNode = node.field("grpcStatus");
        if (statusNode.isPresent() == grpcNode.isPresent()) {
            node.violate(
                    ViolationCode.INCONSISTENT,
                    "Has "
                            + (statusNode.isPresent() ? "both" : "no")
                            + " statuses (expected: either 'status' or 'grpcStatus').");
            return Optional.empty();
        }
        boolean isGrpc = grpcNode.isPresent();
        var status = isGrpc ? grpcNode.intIn(0, 16) : statusNode.intIn(200, 599);
        return status.map(value -> new Abort(value, isGrpc, percent));
    }

    private static Optional<ResponseRate> readRate(DocumentNode node) {
        if (!node.isPresent() || !node.objectOf(List.of("kibPerSecond", "percent"))) {
            return Optional.empty();
        }
        var percent = percent(node);
        return node.field("kibPerSecond")
                .required()
                .longIn(1, MAX_RATE)
                .map(rate -> new ResponseRate(rate, percent));
    }

    private static Percentage percent(DocumentNode node) {
        return Percents.read(node.field("percent")).orElse(Percentage.ALL);
    }
}
