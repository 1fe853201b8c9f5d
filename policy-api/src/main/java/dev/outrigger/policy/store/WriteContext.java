// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import java.util.Objects;
import java.util.Optional;

/**
 * Who writes, why and through what; kept with the revision.
 *
 * @param key makes a repeated request have the effect and the answer of the first one
 */
public record WriteContext(
        String author, String message, Source source, Optional<IdempotencyKey> key) {
    public WriteContext {
        Objects.requireNonNull(author, "author");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(key, "key");
    }

    /** Through what a write came. */
    public enum Source {
        API,
        CLI,
        CONSOLE,
        GIT
    }

    /**
     * A client's name for one request.
     *
     * @param fingerprint of the request, to notice a key that is used for another one
     */
    public record IdempotencyKey(String key, String fingerprint) {}
}
