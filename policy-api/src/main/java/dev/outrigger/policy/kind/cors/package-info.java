// SPDX-License-Identifier: Apache-2.0
/** CORS: which web pages of other origins may call. */
@NullMarked
package dev.outrigger.policy.kind.cors;

import org.jspecify.annotations.NullMarked;
