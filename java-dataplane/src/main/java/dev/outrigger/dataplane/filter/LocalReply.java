// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter;

import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.ResponseFlag;
import org.jspecify.annotations.Nullable;

/**
 * A reply of our own (1.16).
 *
 * @param details {@code %RESPONSE_CODE_DETAILS%}
 * @param grpcStatus what a gRPC caller is told; -1 for what follows from the status
 * @param headers adds headers, after the route's own edits; {@code null} for none
 * @param raw whether the head is sent as it is, without the route's edits, mapping and gRPC dress:
 *     what Envoy's filters do that encode a head by themselves
 * @param flag set once the reply is made, so that its own formats do not see it; {@code null} for
 *     none
 */
public record LocalReply(
        int status,
        String body,
        String details,
        int grpcStatus,
        @Nullable HeaderChange headers,
        boolean raw,
        @Nullable ResponseFlag flag) {
    /** Changes the headers of a reply. */
    @FunctionalInterface
    public interface HeaderChange {
        void apply(HeaderBlock headers);
    }

    public static LocalReply of(int status, String body, String details) {
        return new LocalReply(status, body, details, -1, null, false, null);
    }

    public LocalReply withHeaders(HeaderChange change) {
        return new LocalReply(status, body, details, grpcStatus, change, raw, flag);
    }

    public LocalReply withGrpcStatus(int value) {
        return new LocalReply(status, body, details, value, headers, raw, flag);
    }

    public LocalReply withFlagAfterwards(ResponseFlag value) {
        return new LocalReply(status, body, details, grpcStatus, headers, raw, value);
    }

    /** A head without a body, sent as it is. */
    public static LocalReply head(int status, String details, HeaderChange change) {
        return new LocalReply(status, "", details, -1, change, true, null);
    }
}
