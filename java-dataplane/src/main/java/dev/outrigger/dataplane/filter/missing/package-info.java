// SPDX-License-Identifier: Apache-2.0

/** What stands in for a filter whose configuration has not come. */
@NullMarked
package dev.outrigger.dataplane.filter.missing;

import org.jspecify.annotations.NullMarked;
