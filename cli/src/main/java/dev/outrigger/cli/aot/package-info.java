// SPDX-License-Identifier: Apache-2.0
/** What makes the jars on our class path fit for AOT caches. */
@NullMarked
package dev.outrigger.cli.aot;

import org.jspecify.annotations.NullMarked;
