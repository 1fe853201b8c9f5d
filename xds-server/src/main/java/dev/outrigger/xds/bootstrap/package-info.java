// SPDX-License-Identifier: Apache-2.0
/** Ready bootstraps for Envoy and for the Java data plane. */
@NullMarked
package dev.outrigger.xds.bootstrap;

import org.jspecify.annotations.NullMarked;
