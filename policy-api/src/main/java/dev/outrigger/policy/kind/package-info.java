// SPDX-License-Identifier: Apache-2.0
/**
 * The list of document kinds and policy kinds, and the contract a kind fulfils. Each kind lives in
 * a folder of its own below; no kind knows another except through the values it refers to.
 */
@NullMarked
package dev.outrigger.policy.kind;

import org.jspecify.annotations.NullMarked;
