// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How much memory the process has, in bytes, for {@code /memory} and {@code server.memory_*}.
 *
 * @param allocated of the heap, by what lives and what is not collected yet
 * @param heapSize what the heap has from the system
 * @param physical what of the whole process is in memory; the heap where the system does not say
 */
public record MemoryFigures(long allocated, long heapSize, long physical) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";

    public static MemoryFigures read() {
        var runtime = Runtime.getRuntime();
        long heap = runtime.totalMemory();
        return new MemoryFigures(heap - runtime.freeMemory(), heap, resident(heap));
    }

    private static long resident(long otherwise) {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith(RESIDENT)) {
                    String kib = line.substring(RESIDENT.length()).replace("kB", "").strip();
                    return Long.parseLong(kib) << 10;
                }
            }
        } catch (IOException | NumberFormatException e) {
            // Not Linux, or no /proc: then only the heap is known.
            return otherwise;
        }
        return otherwise;
    }
}
