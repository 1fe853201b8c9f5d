// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

/** What of a type may be sent now; each includes those before it. */
enum Scope {
    NOTHING,
    /** What the client has none of and waits for: nothing breaks by it, and much may wait. */
    ASKED,
    /** And what the client has, but must be sent again. */
    AGAIN,
    EVERYTHING;

    boolean includes(Held held) {
        return switch (held.kind()) {
            case ASKED -> this != NOTHING;
            case SOME -> this == AGAIN || this == EVERYTHING;
            case NOTHING, VERSION -> this == EVERYTHING;
        };
    }
}
