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
                false,
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
                true,
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

    /**
     * In Envoy's order: no push, then what is configured by number, then, and so valid, by name.
     */
    private void send(boolean withoutPush, int... named) {
        var custom = options.customSettings();
        int[] all = new int[2 + 2 * custom.size() + named.length];
        int size = withoutPush ? add(all, 0, Setting.ENABLE_PUSH, 0) : 0;
        for (CustomSetting setting : custom) {
            size = add(all, size, setting.identifier(), setting.value());
        }
        for (int i = 0; i < named.length; i += 2) {
            size = add(all, size, named[i], named[i + 1]);
        }
        writer.settings(all, size);
        unacknowledged++;
    }

    private static int add(int[] all, int size, int identifier, int value) {
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
