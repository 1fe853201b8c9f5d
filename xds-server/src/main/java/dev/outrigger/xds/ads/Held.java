// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.snapshot.VersionedResource;
import org.jspecify.annotations.Nullable;

/**
 * What a client has under a name, where that is not what the snapshot has. Immutable.
 *
 * @param version empty unless it is known
 * @param resource null unless it is known
 */
record Held(Kind kind, String version, @Nullable VersionedResource resource) {
    /** It asked and waits for a word. */
    static final Held ASKED = new Held(Kind.ASKED, "", null);

    static final Held NOTHING = new Held(Kind.NOTHING, "", null);

    /** It has some version or may have one, and gets the current one whatever that is. */
    static final Held SOME = new Held(Kind.SOME, "", null);

    enum Kind {
        ASKED,
        NOTHING,
        SOME,
        VERSION
    }

    static Held of(VersionedResource resource) {
        return new Held(Kind.VERSION, resource.version(), resource);
    }

    /** As a reconnecting client says. */
    static Held ofVersion(String version) {
        return new Held(Kind.VERSION, version, null);
    }

    /** The same resource or none of it: who refuses a response may have taken parts of it. */
    Held inDoubt() {
        return new Held(Kind.SOME, "", resource);
    }

    boolean is(@Nullable VersionedResource target) {
        return switch (kind) {
            case VERSION -> target != null && version.equals(target.version());
            case NOTHING -> target == null;
            case ASKED, SOME -> false;
        };
    }

    /** Whether the client must be told when the resource is gone. */
    boolean isThere() {
        return switch (kind) {
            case VERSION, SOME -> true;
            case ASKED, NOTHING -> false;
        };
    }
}
