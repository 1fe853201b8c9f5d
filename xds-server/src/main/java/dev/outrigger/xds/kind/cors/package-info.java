// SPDX-License-Identifier: Apache-2.0
/** CORS: Envoy's CORS filter. */
@NullMarked
package dev.outrigger.xds.kind.cors;

import org.jspecify.annotations.NullMarked;
