// SPDX-License-Identifier: Apache-2.0
/** Other programs as children of this one: how they are started, watched and ended. */
@NullMarked
package dev.outrigger.cli.process;

import org.jspecify.annotations.NullMarked;
