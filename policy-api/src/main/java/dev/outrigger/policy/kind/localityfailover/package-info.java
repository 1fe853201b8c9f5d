// SPDX-License-Identifier: Apache-2.0
/** Locality failover: near endpoints first, others as these fail. */
@NullMarked
package dev.outrigger.policy.kind.localityfailover;

import org.jspecify.annotations.NullMarked;
