// SPDX-License-Identifier: Apache-2.0
/** What the rollout must know after a restart, in files beside the store. */
@NullMarked
package dev.outrigger.xds.memory;

import org.jspecify.annotations.NullMarked;
