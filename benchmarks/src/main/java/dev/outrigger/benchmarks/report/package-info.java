// SPDX-License-Identifier: Apache-2.0
/** Results as values, as a table for people and as JSON for machines. Nothing here measures. */
@NullMarked
package dev.outrigger.benchmarks.report;

import org.jspecify.annotations.NullMarked;
