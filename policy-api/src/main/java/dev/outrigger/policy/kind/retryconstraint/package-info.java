// SPDX-License-Identifier: Apache-2.0
/** Retry constraint: how many retries may be under way to a service at once. */
@NullMarked
package dev.outrigger.policy.kind.retryconstraint;

import org.jspecify.annotations.NullMarked;
