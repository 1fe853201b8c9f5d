// SPDX-License-Identifier: Apache-2.0
/** What AOT caches need: class files fit for them, and a fleet to train the control plane with. */
@NullMarked
package dev.outrigger.cli.aot;

import org.jspecify.annotations.NullMarked;
