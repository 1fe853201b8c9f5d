// SPDX-License-Identifier: Apache-2.0
/** Configurations of others made into documents. Nothing here stores or sends. */
@NullMarked
package dev.outrigger.policy.importing;

import org.jspecify.annotations.NullMarked;
