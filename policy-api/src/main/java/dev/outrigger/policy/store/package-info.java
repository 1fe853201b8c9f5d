// SPDX-License-Identifier: Apache-2.0
/**
 * Durable, versioned storage of documents: the write side, the read side and the SQLite
 * implementation.
 */
@NullMarked
package dev.outrigger.policy.store;

import org.jspecify.annotations.NullMarked;
