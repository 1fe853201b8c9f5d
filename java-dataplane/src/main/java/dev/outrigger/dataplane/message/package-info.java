// SPDX-License-Identifier: Apache-2.0
/** Heads, header storage, body flow with back-pressure, local replies, response flags. */
@NullMarked
package dev.outrigger.dataplane.message;

import org.jspecify.annotations.NullMarked;
