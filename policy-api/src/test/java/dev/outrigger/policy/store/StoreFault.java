// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

/** How what a store writes to can fail. */
public enum StoreFault {
    /** It does not. */
    NONE,
    /** There is no room. */
    FULL,
    /** It may only be read. */
    READ_ONLY,
    /** It cannot be written, in the middle of a write. */
    WRITE_FAILS,
    /** It cannot be synced, and what was to be synced is lost. */
    SYNC_FAILS_AND_LOSES,
    /** It cannot be synced, it says; what was to be synced is there nevertheless. */
    SYNC_FAILS_AND_KEEPS
}
