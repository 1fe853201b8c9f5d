// SPDX-License-Identifier: Apache-2.0

/** The client of the load reporting service: what clusters' hosts were sent, told at intervals. */
@NullMarked
package dev.outrigger.dataplane.lrs;

import org.jspecify.annotations.NullMarked;
