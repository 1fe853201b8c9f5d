// SPDX-License-Identifier: Apache-2.0
/**
 * One event loop and what is confined to it: its clock, timers, stats shard, scratch memory and the
 * list of connections that have output to flush. Nothing about HTTP.
 */
@NullMarked
package dev.outrigger.dataplane.worker;

import org.jspecify.annotations.NullMarked;
