// SPDX-License-Identifier: Apache-2.0
/**
 * The HTTP filter chain, and one sub-package for each HTTP filter except the router, which is the
 * exchange's own.
 *
 * <p>A filter is a folder here (its configuration as a record, its per-exchange behaviour, its
 * stats), a parser of the same name in {@code parse}, and a line in {@code parse/HttpFilters}.
 */
@NullMarked
package dev.outrigger.dataplane.filter;

import org.jspecify.annotations.NullMarked;
