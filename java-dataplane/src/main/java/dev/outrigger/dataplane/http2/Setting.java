// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.http2;

/** The identifiers of SETTINGS (RFC 9113 section 6.5.2, RFC 8441, RFC 9218). */
final class Setting {
    static final int HEADER_TABLE_SIZE = 1;
    static final int ENABLE_PUSH = 2;
    static final int MAX_CONCURRENT_STREAMS = 3;
    static final int INITIAL_WINDOW_SIZE = 4;
    static final int MAX_FRAME_SIZE = 5;
    static final int ENABLE_CONNECT_PROTOCOL = 8;
    static final int NO_RFC7540_PRIORITIES = 9;

    private Setting() {}
}
