// SPDX-License-Identifier: Apache-2.0
/** What each kind of proxy can do: one table, asked by every kind before it accepts a field. */
@NullMarked
package dev.outrigger.policy.kind.capability;

import org.jspecify.annotations.NullMarked;
