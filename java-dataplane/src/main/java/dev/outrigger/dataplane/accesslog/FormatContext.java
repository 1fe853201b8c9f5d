// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import dev.outrigger.dataplane.config.Metadata;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.StreamInfo;
import org.jspecify.annotations.Nullable;

/** What a format can speak of. */
public interface FormatContext {
    /** {@code null} while the request's head has not been read. */
    @Nullable RequestHead request();

    /** {@code null} while there is no response. */
    @Nullable ResponseHead response();

    /** The response's trailers; {@code null} while or where there are none. */
    default @Nullable HeaderBlock trailers() {
        return null;
    }

    StreamInfo info();

    /**
     * What the configuration says about one part of it; {@code null} where there is no such part.
     */
    default @Nullable Metadata metadata(MetadataKind kind) {
        return null;
    }

    /** Whether the request's id is this stream's; an attempt has none of its own. */
    default boolean hasStreamId() {
        return true;
    }

    /** The id of a connection without HTTP, the same each time; {@code null} where it has none. */
    default @Nullable String connectionStreamId() {
        return null;
    }

    /** An id nobody else has, another one each time; {@code null} where nobody makes one. */
    default @Nullable String uniqueId() {
        return null;
    }
}
