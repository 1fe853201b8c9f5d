// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import dev.outrigger.policy.model.PolicyId;

/**
 * A warning about a document of a write, with its place in the submission.
 *
 * @param pointer the field as an RFC 6901 pointer in fragment form
 * @param line from 1; 0 where nobody wrote the document down
 * @param column as {@code line}
 */
public record DocumentWarning(
        String code, PolicyId id, String pointer, int line, int column, String detail) {}
