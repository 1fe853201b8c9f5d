// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.worker;

import dev.outrigger.dataplane.config.SocketOptionConfig;
import dev.outrigger.dataplane.config.SocketOptionConfig.State;
import io.netty.channel.Channel;
import io.netty.channel.unix.RawUnixChannelOption;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Sets socket options that a configuration names by their numbers. */
public final class SocketOptions {
    private SocketOptions() {}

    /**
     * Sets the options of one state, in order. Before the channel is bound or connected for {@link
     * State#PREBIND}, after it for the others.
     *
     * @throws IOException when the system refuses one, or the transport has no such options
     */
    public static void apply(Channel channel, List<SocketOptionConfig> options, State state)
            throws IOException {
        for (SocketOptionConfig option : options) {
            if (option.state() == state) {
                set(channel, option);
            }
        }
    }

    private static void set(Channel channel, SocketOptionConfig option) throws IOException {
        byte[] bytes = option.value().getBytes(StandardCharsets.ISO_8859_1);
        var raw =
                new RawUnixChannelOption(
                        "socket_option", option.level(), option.name(), bytes.length);
        boolean done;
        try {
            done =
                    channel instanceof UnixChannel
                            && channel.config()
                                    .setOption(
                                            raw,
                                            ByteBuffer.allocateDirect(bytes.length)
                                                    .put(bytes)
                                                    .flip());
        } catch (RuntimeException e) {
            throw new IOException(failed(option) + ": " + e.getMessage(), e);
        }
        if (!done) {
            throw new IOException(failed(option) + ": not possible with this transport");
        }
    }

    private static String failed(SocketOptionConfig option) {
        return "Setting socket option " + option.level() + "/" + option.name() + " failed";
    }
}
