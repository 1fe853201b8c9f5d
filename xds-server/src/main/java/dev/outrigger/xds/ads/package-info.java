// SPDX-License-Identifier: Apache-2.0
/**
 * The xDS transport protocol: one deterministic state machine per stream and variant, and the gRPC
 * server around them. Knows no policy.
 */
@NullMarked
package dev.outrigger.xds.ads;

import org.jspecify.annotations.NullMarked;
