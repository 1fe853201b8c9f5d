// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import dev.outrigger.dataplane.config.CidrRange;
import dev.outrigger.dataplane.config.CommonTlsConfig.KeyLog;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the secrets of connections are written for debugging ({@code key_log}), in the format of
 * NSS. Written at once, as it is for debugging. Any thread.
 */
final class KeyLogFile {
    private static final Logger log = LoggerFactory.getLogger(KeyLogFile.class);

    private final KeyLog config;
    private final Path path;

    KeyLogFile(KeyLog config) {
        this.config = config;
        this.path = Path.of(config.path());
    }

    /** Whether a connection between these is meant. */
    boolean isFor(SocketAddress local, SocketAddress remote) {
        return contains(config.localAddresses(), local)
                && contains(config.remoteAddresses(), remote);
    }

    private static boolean contains(List<CidrRange> ranges, SocketAddress address) {
        if (ranges.isEmpty()) {
            return true;
        }
        return address instanceof InetSocketAddress inet
                && ranges.stream().anyMatch(range -> contains(range, inet.getAddress()));
    }

    private static boolean contains(CidrRange range, InetAddress address) {
        byte[] bytes = address.getAddress();
        byte[] prefix = range.prefix().getAddress();
        if (bytes.length != prefix.length) {
            return false;
        }
        for (int bit = 0; bit < range.length(); bit++) {
            int mask = 0x80 >> (bit % 8);
            if ((bytes[bit / 8] & mask) != (prefix[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    synchronized void write(byte[] line) {
        byte[] ended = new byte[line.length + 1];
        System.arraycopy(line, 0, ended, 0, line.length);
        ended[line.length] = '\n';
        try {
            Files.write(path, ended, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            log.warn(
                    "key log not written path={}: {}",
                    new String(
                            path.toString().getBytes(StandardCharsets.UTF_8),
                            StandardCharsets.UTF_8),
                    e.toString());
        }
    }
}
