// SPDX-License-Identifier: Apache-2.0
/** Fault injection: Envoy's fault filter. */
@NullMarked
package dev.outrigger.xds.kind.fault;

import org.jspecify.annotations.NullMarked;
