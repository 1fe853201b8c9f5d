// SPDX-License-Identifier: Apache-2.0
/** Local rate limit: how many requests each proxy lets through. */
@NullMarked
package dev.outrigger.policy.kind.ratelimit;

import org.jspecify.annotations.NullMarked;
