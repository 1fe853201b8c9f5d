// SPDX-License-Identifier: Apache-2.0
/**
 * The policy kinds' translation, one folder per kind, and the list of them. A kind fills its own
 * fields of a message that a translator owns.
 */
@NullMarked
package dev.outrigger.xds.kind;

import org.jspecify.annotations.NullMarked;
