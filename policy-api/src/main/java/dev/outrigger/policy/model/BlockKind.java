// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.model;

import dev.outrigger.policy.document.DocumentNode;
import java.util.Optional;

/**
 * A policy kind in the narrow sense: how one block of a TrafficPolicy (and of a route's rule) is
 * called and read.
 */
public interface BlockKind<B extends TrafficBlock> {
    /** The field of the block, for example {@code retry}. */
    String blockName();

    Class<B> blockType();

    /** Reads the block, recording everything that is wrong with it; nothing if anything was. */
    Optional<B> read(DocumentNode block);
}
