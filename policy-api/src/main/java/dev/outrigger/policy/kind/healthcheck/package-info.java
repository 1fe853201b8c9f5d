// SPDX-License-Identifier: Apache-2.0
/** Active health check: hosts are asked how they are. */
@NullMarked
package dev.outrigger.policy.kind.healthcheck;

import org.jspecify.annotations.NullMarked;
