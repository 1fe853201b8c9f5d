// SPDX-License-Identifier: Apache-2.0
/** Resource sets of another control plane, as documents of ours. */
@NullMarked
package dev.outrigger.xds.gateway;

import org.jspecify.annotations.NullMarked;
