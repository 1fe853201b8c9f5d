// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import dev.outrigger.policy.model.PolicyId;
import java.util.Optional;

/**
 * The last change to a document, for readers that catch up.
 *
 * @param generation the revision of that change
 * @param json the document, absent when it was deleted
 */
public record FeedEntry(PolicyId id, long generation, Optional<String> json) {}
