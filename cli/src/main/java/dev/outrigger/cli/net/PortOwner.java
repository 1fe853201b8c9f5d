// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.net;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The process that listens on a TCP port of this machine, found through {@code /proc} on Linux and
 * through {@code lsof} elsewhere. Best effort: another user's process may be hidden from us.
 *
 * @param command the command line, cut to a readable length
 */
public record PortOwner(long pid, String command) {
    private static final int MAX_COMMAND_CHARS = 120;
    private static final int HEAD_CHARS = 40;
    private static final String LISTEN_STATE = "0A";

    /** Finds who listens on the port, or nothing where that cannot be learned. */
    public static Optional<PortOwner> find(int port) {
        return find(port, Path.of("/proc"));
    }

    static Optional<PortOwner> find(int port, Path proc) {
        if (!Files.isReadable(proc.resolve("net/tcp"))) {
            return findWithLsof(port);
        }
        var inodes = new HashSet<String>();
        collectListeners(proc.resolve("net/tcp"), port, inodes);
        collectListeners(proc.resolve("net/tcp6"), port, inodes);
        return inodes.isEmpty() ? Optional.empty() : findHolder(proc, inodes);
    }

    /** For an error message: {@code process 4711 (java -jar x.jar)}. */
    public String describe() {
        return "process " + pid + (command.isEmpty() ? "" : " (" + command + ")");
    }

    /** Lines of /proc/net/tcp: {@code sl local_address rem_address st ... uid timeout inode}. */
    private static void collectListeners(Path table, int port, Set<String> inodes) {
        var suffix = ":" + String.format(Locale.ROOT, "%04X", port);
        try {
            for (var line : Files.readAllLines(table, StandardCharsets.US_ASCII)) {
                var fields = line.trim().split("\\s+");
                if (fields.length > 9
                        && fields[1].endsWith(suffix)
                        && fields[3].equals(LISTEN_STATE)) {
                    inodes.add("socket:[" + fields[9] + "]");
                }
            }
        } catch (IOException e) {
            // No IPv6 on this machine, or the table went away: there is nobody to name then.
        }
    }

    private static Optional<PortOwner> findHolder(Path proc, Set<String> sockets) {
        try (var processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (var process : processes) {
                if (holdsAny(process, sockets)) {
                    long pid = Long.parseLong(process.getFileName().toString());
                    return Optional.of(new PortOwner(pid, commandLine(process)));
                }
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static boolean holdsAny(Path process, Set<String> sockets) {
        try (var descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (var descriptor : descriptors) {
                if (Files.isSymbolicLink(descriptor)
                        && sockets.contains(Files.readSymbolicLink(descriptor).toString())) {
                    return true;
                }
            }
        } catch (IOException e) {
            // Another user's process, or one that has just ended.
        }
        return false;
    }

    private static String commandLine(Path process) {
        try {
            var raw = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
            return shorten(raw.replace('\0', ' ').trim());
        } catch (IOException e) {
            return "";
        }
    }

    /** Keeps both ends: the program is at the one, what it was told to do at the other. */
    private static String shorten(String command) {
        if (command.length() <= MAX_COMMAND_CHARS) {
            return command;
        }
        int tail = MAX_COMMAND_CHARS - HEAD_CHARS;
        return command.substring(0, HEAD_CHARS)
                + " ... "
                + command.substring(command.length() - tail);
    }

    /** {@code -Fpc} prints one field per line: p is the process id, c the command. */
    private static Optional<PortOwner> findWithLsof(int port) {
        Process lsof;
        try {
            lsof =
                    new ProcessBuilder("lsof", "-nP", "-iTCP:" + port, "-sTCP:LISTEN", "-Fpc")
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
        } catch (IOException e) {
            return Optional.empty();
        }
        try (var lines = lsof.inputReader(StandardCharsets.UTF_8)) {
            long pid = -1;
            var command = "";
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("p") && pid < 0) {
                    pid = Long.parseLong(line.substring(1));
                } else if (line.startsWith("c") && command.isEmpty()) {
                    command = line.substring(1);
                }
            }
            if (!lsof.waitFor(2, TimeUnit.SECONDS)) {
                lsof.destroyForcibly();
            }
            return pid < 0 ? Optional.empty() : Optional.of(new PortOwner(pid, shorten(command)));
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
