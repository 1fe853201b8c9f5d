// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

/** What a refusal comes to. */
enum Verdict {
    /** Of something that is no longer asked for. */
    OBSOLETE,
    /** Of something that others are content with: it stays. */
    ALONE,
    /** One more of the same. */
    KNOWN,
    /** Nobody is given it any more. */
    WITHHELD
}
