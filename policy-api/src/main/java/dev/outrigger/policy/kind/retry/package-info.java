// SPDX-License-Identifier: Apache-2.0
/** Retry: how often, on what and how fast a request is tried again. */
@NullMarked
package dev.outrigger.policy.kind.retry;

import org.jspecify.annotations.NullMarked;
