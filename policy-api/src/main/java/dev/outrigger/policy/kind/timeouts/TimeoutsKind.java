// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.timeouts;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.model.BlockKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Reads {@code timeouts}: {@code request}, {@code backendRequest} and {@code idle}, each 0s..24h,
 * where {@code 0s} disables. {@code backendRequest} may not exceed {@code request} (GEP-1742); it
 * may equal it, though it can then never fire.
 */
public final class TimeoutsKind implements BlockKind<TimeoutsPolicy> {
    private static final List<String> FIELDS = List.of("request", "backendRequest", "idle");
    private static final Duration MAX = Duration.ofHours(24);

    @Override
    public String blockName() {
        return "timeouts";
    }

    @Override
    public Class<TimeoutsPolicy> blockType() {
        return TimeoutsPolicy.class;
    }

    @Override
    public Optional<TimeoutsPolicy> read(DocumentNode block) {
        var mark = block.violations().mark();
        if (!block.objectOf(FIELDS)) {
            return Optional.empty();
        }
        var request = block.field("request").duration(Duration.ZERO, MAX);
        DocumentNode eachNode = block.field("backendRequest");
        var each = eachNode.duration(Duration.ZERO, MAX);
        boolean bounded = request.isPresent() && !request.get().isZero();
        if (bounded && each.isPresent() && each.get().compareTo(request.get()) > 0) {
            eachNode.violate(
                    ViolationCode.INCONSISTENT,
                    "One try may not last longer than the whole request (expected: at most"
                            + " 'request').");
        }
        var idle = block.field("idle").duration(Duration.ZERO, MAX);
        return mark.ifClean(() -> new TimeoutsPolicy(request, each, idle));
    }
}
