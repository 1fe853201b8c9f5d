// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Memory of a process and its children, from {@code smaps_rollup}.
 *
 * @param rssKib pages present, shared ones counted in full in every process
 * @param pssKib pages present, shared ones divided among those who map them; a second JVM on the
 *     machine flatters a first
 * @param anonymousKib pages no file backs: heap, stacks, malloc
 */
public record Memory(long rssKib, long pssKib, long anonymousKib) {

    /** Reads one process and all its descendants. */
    public static Memory ofTree(ProcessHandle root) throws IOException {
        var sum = of(root.pid());
        for (var child : root.descendants().toList()) {
            sum = sum.plus(of(child.pid()));
        }
        return sum;
    }

    private static Memory of(long pid) throws IOException {
        try {
            return parse(Files.readString(Path.of("/proc", Long.toString(pid), "smaps_rollup")));
        } catch (NoSuchFileException ended) {
            return new Memory(0, 0, 0);
        }
    }

    static Memory parse(String rollup) {
        return new Memory(kib(rollup, "Rss:"), kib(rollup, "Pss:"), kib(rollup, "Anonymous:"));
    }

    private Memory plus(Memory other) {
        return new Memory(
                rssKib + other.rssKib, pssKib + other.pssKib, anonymousKib + other.anonymousKib);
    }

    private static long kib(String rollup, String name) {
        var line =
                rollup.lines()
                        .filter(each -> each.startsWith(name))
                        .findFirst()
                        .orElseThrow(() ->
                                new IllegalArgumentException("smaps_rollup: no line " + name));
        return Long.parseLong(line.substring(name.length()).replace("kB", "").strip());
    }
}
