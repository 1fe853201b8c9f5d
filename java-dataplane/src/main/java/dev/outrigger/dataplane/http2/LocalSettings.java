// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.http2;

import dev.outrigger.dataplane.config.Http2Options;
import dev.outrigger.dataplane.config.Http2Options.CustomSetting;

/**
 * Our settings: what they say, and whether the peer has taken note of them. Confined to the
 * connection's event loop.
 */
final class LocalSettings {
    private final Http2Options options;
    private final FrameWriter writer;
    private int unacknowledged;
    private boolean windowTold;

    LocalSettings(Http2Options options, FrameWriter writer) {
        this.options = options;
        this.writer = writer;
    }

    /** The server's part of the preface. */
    void sendAsServer() {
        send(
                Setting.HEADER_TABLE_SIZE,
                options.headerTableBytes(),
                Setting.ENABLE_CONNECT_PROTOCOL,
                options.allowConnect() ? 1 : 0,
                Setting.MAX_CONCURRENT_STREAMS,
                options.maxConcurrentStreams(),
                Setting.INITIAL_WINDOW_SIZE,
                options.streamWindow());
    }

    /** The client's preface. */
    void sendAsClient() {
        writer.preface();
        send(
                Setting.ENABLE_PUSH,
                0,
                Setting.HEADER_TABLE_SIZE,
                options.headerTableBytes(),
                Setting.ENABLE_CONNECT_PROTOCOL,
                options.allowConnect() ? 1 : 0,
                Setting.MAX_CONCURRENT_STREAMS,
                options.maxConcurrentStreams(),
                Setting.INITIAL_WINDOW_SIZE,
                options.streamWindow());
        tellWindow();
    }

    private void send(int... named) {
        var custom = options.customSettings();
        if (custom.isEmpty()) {
            writer.settings(named, named.length);
        } else {
            int[] all = new int[named.length + 2 * custom.size()];
            int size = 0;
            for (CustomSetting setting : custom) {
                size = add(all, size, setting.identifier(), setting.value());
            }
            for (int i = 0; i < named.length; i += 2) {
                size = add(all, size, named[i], named[i + 1]);
            }
            writer.settings(all, size);
        }
        unacknowledged++;
    }

    /** The first of an identifier counts. */
    private static int add(int[] all, int size, int identifier, int value) {
        for (int i = 0; i < size; i += 2) {
            if (all[i] == identifier) {
                return size;
            }
        }
        all[size] = identifier;
        all[size + 1] = value;
        return size + 2;
    }

    /** Tells the peer, once, how much we take on the connection. */
    void tellWindow() {
        if (!windowTold && options.connectionWindow() > Http2Session.DEFAULT_WINDOW) {
            writer.windowUpdate(0, options.connectionWindow() - Http2Session.DEFAULT_WINDOW);
        }
        windowTold = true;
    }

    boolean isAcknowledged() {
        return unacknowledged == 0;
    }

    /** The peer has taken note; false where there was nothing to take note of. */
    boolean onAck() {
        if (unacknowledged == 0) {
            return false;
        }
        unacknowledged--;
        return true;
    }
}
