// SPDX-License-Identifier: Apache-2.0
/**
 * Proxies as processes: a stock Envoy and the Java data plane, both started from a bootstrap file
 * with Envoy's command line and watched through the admin port.
 */
@NullMarked
package dev.outrigger.conformance.proxy;

import org.jspecify.annotations.NullMarked;
