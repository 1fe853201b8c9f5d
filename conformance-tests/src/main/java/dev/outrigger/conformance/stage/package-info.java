// SPDX-License-Identifier: Apache-2.0
/** A proxy between a client that writes raw bytes and upstreams that answer by script. */
@NullMarked
package dev.outrigger.conformance.stage;

import org.jspecify.annotations.NullMarked;
