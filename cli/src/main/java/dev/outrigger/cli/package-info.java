// SPDX-License-Identifier: Apache-2.0
/** The {@code outrigger} program: its main. Nothing else depends on this package. */
@NullMarked
package dev.outrigger.cli;

import org.jspecify.annotations.NullMarked;
