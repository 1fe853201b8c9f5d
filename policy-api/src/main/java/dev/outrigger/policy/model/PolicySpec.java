// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.model;

/**
 * The validated spec of one document kind. Implementations are immutable records in {@code
 * kind/<kind>}; the list of kinds is open, see {@code PolicyKinds}.
 */
public interface PolicySpec {}
