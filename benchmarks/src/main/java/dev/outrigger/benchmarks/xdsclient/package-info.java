// SPDX-License-Identifier: Apache-2.0
/**
 * Thousands of delta xDS clients in one light process: plain sockets on one selector, HTTP/2 and
 * Protobuf as far as they are needed, requests made once for all. Knows no control plane.
 */
@NullMarked
package dev.outrigger.benchmarks.xdsclient;

import org.jspecify.annotations.NullMarked;
