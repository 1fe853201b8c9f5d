// SPDX-License-Identifier: Apache-2.0
/** Fault injection: delays, aborts and slow responses on purpose. */
@NullMarked
package dev.outrigger.policy.kind.fault;

import org.jspecify.annotations.NullMarked;
