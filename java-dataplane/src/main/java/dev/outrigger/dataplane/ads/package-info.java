// SPDX-License-Identifier: Apache-2.0
/**
 * The xDS client: streams (SotW and delta, aggregated and per type), subscriptions, back-off, ACK
 * and NACK. Knows bytes and versions, not what a resource means.
 */
@NullMarked
package dev.outrigger.dataplane.ads;

import org.jspecify.annotations.NullMarked;
