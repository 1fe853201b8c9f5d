// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

/** The gRPC status of a response that names none. */
public final class GrpcStatuses {
    private GrpcStatuses() {}

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
