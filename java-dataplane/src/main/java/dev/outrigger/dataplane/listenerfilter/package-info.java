// SPDX-License-Identifier: Apache-2.0
/**
 * What is found out about an accepted connection before it has a filter chain: by listener filters,
 * which look at its first bytes or ask the system.
 */
@NullMarked
package dev.outrigger.dataplane.listenerfilter;

import org.jspecify.annotations.NullMarked;
