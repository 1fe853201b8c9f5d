// SPDX-License-Identifier: Apache-2.0
/** Envoy's admin paths in Envoy's formats. */
@NullMarked
package dev.outrigger.dataplane.admin;

import org.jspecify.annotations.NullMarked;
