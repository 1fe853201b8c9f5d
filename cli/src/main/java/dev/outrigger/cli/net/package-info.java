// SPDX-License-Identifier: Apache-2.0
/** Addresses and ports of this machine, and who holds them. */
@NullMarked
package dev.outrigger.cli.net;

import org.jspecify.annotations.NullMarked;
