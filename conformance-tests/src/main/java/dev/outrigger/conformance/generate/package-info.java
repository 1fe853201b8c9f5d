// SPDX-License-Identifier: Apache-2.0
/**
 * Random configurations and traffic from a seed, played by two proxies; what differs is played
 * again to be sure, made small, and written down as a case. The same seed gives the same case on
 * every machine.
 */
@NullMarked
package dev.outrigger.conformance.generate;

import org.jspecify.annotations.NullMarked;
