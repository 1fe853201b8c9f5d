// SPDX-License-Identifier: Apache-2.0
/**
 * Differences between JSON values: JSON Patch (RFC 6902) and JSON Merge Patch (RFC 7396) applied,
 * and a patch made of two values. Knows nothing of policies.
 */
@NullMarked
package dev.outrigger.policy.patch;

import org.jspecify.annotations.NullMarked;
