// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.ResponseHead;

/** The gRPC status of a response, whether it names one or not. */
public final class GrpcStatuses {
    private GrpcStatuses() {}

    /** What a response says in its trailers, else in its head; -1 where it says nothing. */
    public static long named(FormatContext context) {
        HeaderBlock trailers = context.trailers();
        ResponseHead head = context.response();
        long last = trailers == null ? -1 : of(trailers);
        return last >= 0 || head == null ? last : of(head.headers());
    }

    /** What headers or trailers say; -1 where they say nothing. */
    public static long of(HeaderBlock headers) {
        int entry = headers.find(KnownHeader.GRPC_STATUS);
        return entry < 0 ? -1 : headers.decimal(entry);
    }

    /** Whether headers or trailers say that the call did not fail on the server's side. */
    public static boolean isWell(HeaderBlock headers) {
        return headers.has(KnownHeader.GRPC_STATUS) && toHttp(of(headers)) < 500;
    }

    /** The HTTP status that stands for a gRPC status ({@code grpc/status.cc}). */
    public static int toHttp(long status) {
        return switch (Math.clamp(status, -1, Integer.MAX_VALUE)) {
            case 0 -> 200;
            case 1 -> 499;
            case 3, 9, 11 -> 400;
            case 4 -> 504;
            case 5 -> 404;
            case 6, 10 -> 409;
            case 7 -> 403;
            case 8 -> 429;
            case 12 -> 501;
            case 14 -> 503;
            case 16 -> 401;
            default -> 500;
        };
    }

    /** What follows from an HTTP status, as gRPC's mapping for clients says. */
    public static int ofHttp(int status) {
        return switch (status) {
            case 400 -> 13;
            case 401 -> 16;
            case 403 -> 7;
            case 404 -> 12;
            case 429, 502, 503, 504 -> 14;
            default -> 2;
        };
    }
}
