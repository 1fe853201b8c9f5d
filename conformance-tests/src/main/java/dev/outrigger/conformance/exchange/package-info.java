// SPDX-License-Identifier: Apache-2.0
/**
 * Cases as data: what the client sends, how the upstreams answer and what is expected, read from
 * YAML. Nothing here opens a socket.
 */
@NullMarked
package dev.outrigger.conformance.exchange;

import org.jspecify.annotations.NullMarked;
