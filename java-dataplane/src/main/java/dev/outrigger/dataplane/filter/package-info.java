// SPDX-License-Identifier: Apache-2.0
/** HTTP filters and their pipeline; the router is the last of them. */
@NullMarked
package dev.outrigger.dataplane.filter;

import org.jspecify.annotations.NullMarked;
