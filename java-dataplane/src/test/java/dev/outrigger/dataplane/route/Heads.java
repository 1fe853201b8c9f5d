// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.RequestReader;
import dev.outrigger.dataplane.message.RequestReader.Underscores;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Request heads as the codec makes them. */
public final class Heads {
    private static final RequestReader.Options OPTIONS =
            new RequestReader.Options(60 * 1024, 100, true, false, false, true, Underscores.ALLOW);

    private Heads() {}

    /** A GET of the path for {@code h.local}, with more header lines. */
    public static RequestHead get(String path, String... lines) {
        return of("GET " + path + " HTTP/1.1\r\nhost: h.local", lines);
    }

    public static RequestHead of(String start, String... lines) {
        var text = new StringBuilder(start).append("\r\n");
        for (String line : lines) {
            text.append(line).append("\r\n");
        }
        var reader = new RequestReader(OPTIONS);
        ByteBuf in = Unpooled.copiedBuffer(text.append("\r\n"), StandardCharsets.ISO_8859_1);
        try {
            var result = reader.read(in);
            if (reader.error() != null && !result.name().equals("COMPLETE")) {
                throw new IllegalArgumentException(text.toString());
            }
            return reader.head();
        } finally {
            in.release();
        }
    }
}
