// SPDX-License-Identifier: Apache-2.0
/** Circuit breaker: how much may be under way to a service at once. */
@NullMarked
package dev.outrigger.policy.kind.circuitbreaker;

import org.jspecify.annotations.NullMarked;
