// SPDX-License-Identifier: Apache-2.0
/**
 * HTTP/2 as clients and upstreams of a case speak it: frames, and the compression of their fields.
 * It says whatever it is told to and shares nothing with the proxies it talks to.
 */
@NullMarked
package dev.outrigger.conformance.frame;

import org.jspecify.annotations.NullMarked;
