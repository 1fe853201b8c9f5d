// SPDX-License-Identifier: Apache-2.0
/** The embedded store: one SQLite file in WAL mode, synced at every commit. SQL lives only here. */
@NullMarked
package dev.outrigger.policy.store.sqlite;

import org.jspecify.annotations.NullMarked;
