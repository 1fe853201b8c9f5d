// SPDX-License-Identifier: Apache-2.0
/**
 * Rules for values that several kinds have: names, hosts, ports, expressions, references. Each
 * reads a node, records what is wrong and returns nothing then. No kind is known here.
 */
@NullMarked
package dev.outrigger.policy.kind.field;

import org.jspecify.annotations.NullMarked;
