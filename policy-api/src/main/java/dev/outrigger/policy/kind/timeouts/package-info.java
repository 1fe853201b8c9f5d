// SPDX-License-Identifier: Apache-2.0
/** Timeouts: how long an exchange and each of its attempts may take. */
@NullMarked
package dev.outrigger.policy.kind.timeouts;

import org.jspecify.annotations.NullMarked;
