// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.node;

import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.status.Withheld;
import java.util.List;
import java.util.function.Predicate;

/**
 * How a group of nodes stands with its policies. Immutable.
 *
 * @param withheld newer content that some or all of its nodes are not given
 * @param isMadeOf whether the content the group should have holds anything of a document
 */
public record GroupStanding(List<Withheld> withheld, Predicate<PolicyId> isMadeOf) {
    static final GroupStanding UNKNOWN = new GroupStanding(List.of(), _ -> false);

    public GroupStanding {
        withheld = List.copyOf(withheld);
    }
}
