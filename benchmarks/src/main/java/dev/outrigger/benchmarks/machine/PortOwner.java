// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Tells whether a listening port belongs to a process, so that a stranger on the port is never
 * measured in its place.
 */
public final class PortOwner {

    private static final String LISTEN = "0A";
    private static final int LOCAL_ADDRESS = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    private PortOwner() {}

    /** Whether the process or one of its descendants listens on the port (IPv4 or IPv6). */
    public static boolean isListening(ProcessHandle root, int port) throws IOException {
        Set<String> sockets =
                Stream.of("/proc/net/tcp", "/proc/net/tcp6")
                        .map(Path::of)
                        .filter(Files::isReadable)
                        .flatMap(table -> listeningSockets(table, port).stream())
                        .map(inode -> "socket:[" + inode + "]")
                        .collect(Collectors.toSet());
        List<ProcessHandle> tree = Stream.concat(Stream.of(root), root.descendants()).toList();
        for (var process : tree) {
            if (holdsAny(process.pid(), sockets)) {
                return true;
            }
        }
        return false;
    }

    private static List<String> listeningSockets(Path table, int port) {
        try {
            return parseListening(Files.readString(table), port);
        } catch (IOException unreadable) {
            return List.of();
        }
    }

    /**
     * Inodes of the sockets in LISTEN state on the port, from the text of {@code /proc/net/tcp}.
     */
    static List<String> parseListening(String table, int port) {
        var suffix = String.format(":%04X", port);
        return table.lines()
                .skip(1)
                .map(line -> line.strip().split(" +"))
                .filter(fields -> fields.length > INODE)
                .filter(fields ->
                        fields[STATE].equals(LISTEN) && fields[LOCAL_ADDRESS].endsWith(suffix))
                .map(fields -> fields[INODE])
                .toList();
    }

    private static boolean holdsAny(long pid, Set<String> sockets) throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            for (var descriptor : descriptors.toList()) {
                if (sockets.contains(linkTarget(descriptor))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static String linkTarget(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }
}
