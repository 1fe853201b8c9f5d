// SPDX-License-Identifier: Apache-2.0
/** Active health check of a cluster. */
@NullMarked
package dev.outrigger.xds.kind.healthcheck;

import org.jspecify.annotations.NullMarked;
