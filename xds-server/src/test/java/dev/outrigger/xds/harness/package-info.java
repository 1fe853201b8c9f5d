// SPDX-License-Identifier: Apache-2.0

/** Runs the scenarios of xds-test-harness against our server. */
@NullMarked
package dev.outrigger.xds.harness;

import org.jspecify.annotations.NullMarked;
